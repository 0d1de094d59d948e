"""The briefing as the cloud delivers it: applied whole or not at all, never an older one, and acknowledged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import apsw

from edge.contract import BriefingAck, BriefingPackage, Unreadable, Wire, parse
from edge.contract.briefing import briefing_digest
from edge.contract.briefing_parts import UnitSettings, kind_of, read_settings
from edge.contract.signed import MAX_BODY_BYTES
from edge.errors import Rejected
from edge.store.briefed import forget_everywhere, is_anywhere, put_aside, take_in
from edge.store.db import transaction
from edge.store.people import people_named

SOFTWARE = version("diemdanh")
Open = Callable[[str, str, bytes], bytes]
"""Name, digest and sealed content of a part to its content; raises Rejected."""


@dataclass(frozen=True, slots=True)
class State:
    version: int
    key_id: str | None
    sha256: str
    """Over all parts that are here, as the contract's `briefing_digest`."""


class Briefing:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def state(self) -> State:
        rows: list[Any] = self._connection.execute("SELECT version, key_id FROM briefing").fetchall()
        version, key_id = rows[0]
        return State(version, key_id, self._digest())

    def has_more_to_read(self) -> bool:
        """There is a part that other software than this one could not read."""
        return any(unread_by not in (None, SOFTWARE) for _, unread_by in self._parts().values())

    def check(self, package: BriefingPackage) -> None:
        """Raises Rejected for a package that is older than what is here."""
        if package.version < self.state().version:
            raise Rejected(f"briefing {package.version} is older than {self.state().version}, which is here: refused")

    def apply(self, package: BriefingPackage, opened: Open, key: bytes, *, now: datetime) -> BriefingAck:
        """In one transaction; the acknowledgement is kept until it was sent. `key` seals names on this disk.

        Raises Rejected as `check` does, and for a package that lacks a part which is not here. A part that cannot be
        used is named in the acknowledgement; what it said before goes on to hold.
        """
        contents = {
            part.name: opened(part.name, part.sha256, part.sealed) for part in package.parts if part.sealed is not None
        }
        with transaction(self._connection):
            self.check(package)
            here = self._parts()
            for part in package.parts:
                if part.name not in contents and here.get(part.name, ("",))[0] != part.sha256:
                    raise Rejected(f"briefing {package.version} lacks {part.name}, which is not here: refused")
                if part.name in contents and sha256(contents[part.name]).hexdigest() != part.sha256:
                    raise Rejected(f"briefing {package.version}: {part.name} is not what its digest says: refused")
            named = {part.name: part.sha256 for part in package.parts}
            for name in here.keys() - named.keys():
                put_aside(self._connection, name)
                self._connection.execute("DELETE FROM briefing_part WHERE name = ?", (name,))
            read, refused = _read(contents)
            take_in(self._connection, read, key_id=str(package.key_id), key=key)
            self._connection.executemany(
                "INSERT OR REPLACE INTO briefing_part VALUES (?, ?, ?)",
                ((name, named[name], None if name in read else SOFTWARE) for name in contents),
            )
            for person in package.erase:
                forget_everywhere(self._connection, person)
            ack = BriefingAck(
                device=package.device,
                version=package.version,
                sha256=self._digest(),
                people=people_named(self._connection),
                erased=tuple(one for one in package.erase if not is_anywhere(self._connection, one)),
                refused=refused[:100],
                applied_at=now,
            )
            self._connection.execute(
                "UPDATE briefing SET version = ?, key_id = ?, acknowledgement = ?",
                (package.version, str(package.key_id), ack.encode().decode()),
            )
            return ack

    def unsent(self) -> BriefingAck | None:
        """The acknowledgement that has not reached the cloud yet."""
        rows: list[Any] = self._connection.execute("SELECT acknowledgement FROM briefing").fetchall()
        kept = rows[0][0]
        return None if kept is None else BriefingAck.model_validate_json(kept, extra="ignore")

    def sent(self) -> None:
        with transaction(self._connection):
            self._connection.execute("UPDATE briefing SET acknowledgement = NULL")

    def _digest(self) -> str:
        return briefing_digest((name, digest) for name, (digest, _) in self._parts().items())

    def _parts(self) -> dict[str, tuple[str, str | None]]:
        """Name to digest, and by which software it could not be read."""
        rows: list[Any] = self._connection.execute("SELECT name, sha256, unread_by FROM briefing_part").fetchall()
        return {name: (digest, unread_by) for name, digest, unread_by in rows}


def _read(contents: Mapping[str, bytes]) -> tuple[dict[str, Wire], tuple[str, ...]]:
    """What this software understands, and what it cannot use: a part of a newer cloud, a field out of range."""
    read: dict[str, Wire] = {}
    refused: list[str] = []
    for name, content in contents.items():
        kind = kind_of(name)
        if kind is None:
            continue
        try:
            if kind is UnitSettings:
                read[name], fields = read_settings(content)
                refused += fields
            else:
                read[name] = parse(kind, content, max_bytes=MAX_BODY_BYTES)
        except Unreadable as error:
            refused.append(f"{name}: {error}"[:200])
    return read, tuple(refused)
