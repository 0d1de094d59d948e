"""What an import has done already, on disk before the next pupil: whoever was sent is not sent again after a fault.

It is there while the import is unfinished, and goes with its end. It holds codes and file names, no template.
"""

import json
import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.errors import Misconfigured
from enroll.importing.outcome import Line


class Head(BaseModel):
    """What the import is: another one's journal is of no use to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    service: str
    school: str
    model: str


class Sent(BaseModel):
    """A pupil whose templates the service has taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    sha256: str
    """Of the pupil's photos: with other photos it is another pupil's turn again."""
    lines: tuple[Line, ...]


class Journal:
    """Raises Misconfigured when the file is another import's, or cannot be written."""

    def __init__(self, file: Path, head: Head) -> None:
        self._file = file
        self.sent: dict[str, Sent] = {}
        try:
            kept = self._read(head) if file.exists() else b""
            self._opened = file.open("r+b" if kept else "wb")
            self._opened.seek(len(kept))
            self._opened.truncate()
            if not kept:
                self._append(head)
        except OSError as error:
            raise Misconfigured(f"the journal {file}: {error.strerror}: name another place with --journal") from error

    def add(self, sent: Sent) -> None:
        """On disk when this returns."""
        self._append(sent)
        self.sent[sent.code] = sent

    def finish(self) -> None:
        self._opened.close()
        self._file.unlink()

    def close(self) -> None:
        self._opened.close()

    def _read(self, head: Head) -> bytes:
        """The whole lines; the last one may be torn."""
        content = self._file.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        lines = whole.splitlines()
        if not lines:
            return b""
        try:
            if Head.model_validate_json(lines[0]) != head:
                raise Misconfigured(
                    f"{self._file} is the journal of another import (service, school or model differ): finish that "
                    "one, delete the file, or name another with --journal"
                )
            for line in lines[1:]:
                sent = Sent.model_validate_json(line)
                self.sent[sent.code] = sent
        except ValidationError as error:
            raise Misconfigured(f"{self._file} is no journal of an import: name another with --journal") from error
        return whole

    def _append(self, entry: BaseModel) -> None:
        self._opened.write(json.dumps(entry.model_dump(mode="json"), ensure_ascii=False).encode() + b"\n")
        self._opened.flush()
        os.fsync(self._opened.fileno())
