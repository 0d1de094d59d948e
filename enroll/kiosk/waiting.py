"""What was taken and is not in the service yet: sealed on disk, a file for each pupil, until the service has it."""

import base64
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, ValidationError

from edge.errors import Misconfigured
from edge.store.key_file import read_or_make_key
from enroll.answers import LookAlike
from enroll.service import View, as_json, from_json

NONCE_BYTES = 12
SUFFIX = ".sealed"


class State(StrEnum):
    WAITING = "waiting"
    HELD = "held"
    """Looks like somebody else: a person has to say."""
    REFUSED = "refused"
    """By the service, to whoever is signed in: somebody with the right has to sign in."""


class Taken(BaseModel):
    """One pupil's views as they lie on disk, inside the seal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    student_id: str
    taken_at: datetime
    views: list[tuple[str, float, str]]
    """Model, quality, and the template as little-endian float16, base64."""
    decided: bool = False
    """Somebody has looked at the look-alikes and said that this is another child."""
    siblings: list[str] = []
    state: State = State.WAITING
    look_alikes: list[LookAlike] = []

    @classmethod
    def of(cls, student_id: str, views: list[View], *, taken_at: datetime) -> "Taken":
        rows = [(one["model"], one["quality"], one["vector"]) for one in map(as_json, views)]
        return cls.model_validate({"student_id": student_id, "taken_at": taken_at, "views": rows})

    def as_views(self) -> list[View]:
        return [from_json(*row) for row in self.views]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file that does not open: cut short, or sealed with another key."""

    name: str


class Waiting:
    """Each call reads or writes the disk; a file is there whole or not at all."""

    def __init__(self, data_dir: Path) -> None:
        """Raises Misconfigured when the folder or the key cannot be used."""
        self._folder = data_dir / "waiting"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"data_dir {data_dir}: cannot be written: {error.strerror}") from error
        self._key = AESGCM(read_or_make_key(data_dir))

    def put(self, taken: Taken) -> None:
        """Instead of what waits for the same pupil."""
        name, nonce = self._name(taken.student_id), secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._key.encrypt(nonce, taken.model_dump_json().encode(), name.encode())
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def drop(self, student_id: str) -> bool:
        """Whether there was anything."""
        file = self._folder / self._name(student_id)
        there = file.exists()
        file.unlink(missing_ok=True)
        return there

    def all(self) -> tuple[list[Taken], list[Damaged]]:
        """The oldest first."""
        found, damaged = [], []
        for file in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                found.append(self._open(file))
            except FileNotFoundError:
                continue
            except (InvalidTag, ValidationError, ValueError):
                damaged.append(Damaged(file.name))
        return sorted(found, key=lambda one: (one.taken_at, one.student_id)), damaged

    def _open(self, file: Path) -> Taken:
        sealed = file.read_bytes()
        plain = self._key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], file.name.encode())
        return Taken.model_validate(json.loads(plain))

    @staticmethod
    def _name(student_id: str) -> str:
        return base64.urlsafe_b64encode(student_id.encode()).decode().rstrip("=") + SUFFIX
