"""The roster as the cloud delivers it: applied whole or not at all, never an older one, and acknowledged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import apsw

from edge.contract import RosterAck, RosterPackage
from edge.contract.roster import roster_digest
from edge.errors import Rejected
from edge.store.crops import erase_crops_of
from edge.store.db import transaction
from edge.store.erase import erase_person
from edge.store.roster import people_known, roster_changed


@dataclass(frozen=True, slots=True)
class State:
    version: int
    key_id: str | None
    signer: bytes | None
    """The public key that packages are checked with: told at the claim, or else the first that we heard of."""


class DeliveredRoster:
    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def state(self) -> State:
        rows: list[Any] = self._connection.execute("SELECT version, key_id, signer FROM delivered").fetchall()
        return State(*rows[0])

    def pin(self, signer: bytes) -> None:
        """Trust this signer from now on. Raises Rejected when there is another one already."""
        with transaction(self._connection):
            pinned = self.state().signer
            if pinned is not None and pinned != signer:
                raise Rejected("the roster's signer is not the one of before: refused. If the cloud's secret was "
                               "changed on purpose, claim this unit again.")  # fmt: skip
            self._connection.execute("UPDATE delivered SET signer = ?", (signer,))

    def pin_from_claim(self, signer: bytes) -> None:
        """Trust this signer, whoever was trusted before: the machine was claimed, which a person did on purpose."""
        if self.state().signer != signer:
            with transaction(self._connection):
                self._connection.execute("UPDATE delivered SET signer = ?", (signer,))

    def check(self, package: RosterPackage) -> None:
        """Raises Rejected for a package that is older than what is here or does not follow it."""
        state = self.state()
        if package.version < state.version:
            raise Rejected(f"roster {package.version} is older than {state.version}, which is here: refused")
        if package.base and (package.base != state.version or str(package.key_id) != state.key_id):
            raise Rejected(f"roster {package.version} continues {package.base}, here is {state.version}: refused")

    def apply(self, package: RosterPackage, *, now: datetime) -> RosterAck:
        """In one transaction; the acknowledgement is kept until it was sent.

        Raises Rejected as `check` does, and for a package that does not come out as the cloud says.
        """
        with transaction(self._connection):
            self.check(package)
            for person in (*package.erase, *(self._gone(package) if package.base == 0 else ())):
                erase_person(self._connection, person)
            for entry in package.entries:
                self._connection.execute("DELETE FROM template WHERE person = ?", (entry.person,))
                # What was enrolled here before is no longer this person's enrolment.
                erase_crops_of(self._connection, entry.person)
                self._connection.execute("DELETE FROM learnt WHERE person = ?", (entry.person,))
            self._connection.executemany(
                "INSERT INTO template (person, model, quality, sealed, cloud_id, key_id) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (entry.person, one.model, one.quality, one.sealed, str(one.id), str(package.key_id))
                    for entry in package.entries
                    for one in entry.templates
                ),
            )
            ack = self._what_is_here(package, now)
            if ack.sha256 != package.sha256:
                raise Rejected(f"roster {package.version} does not come out as the cloud says: refused")
            roster_changed(self._connection)
            self._connection.execute(
                "UPDATE delivered SET version = ?, key_id = ?, acknowledgement = ?",
                (package.version, str(package.key_id), ack.encode().decode()),
            )
            return ack

    def unsent(self) -> RosterAck | None:
        """The acknowledgement that has not reached the cloud yet."""
        rows: list[Any] = self._connection.execute("SELECT acknowledgement FROM delivered").fetchall()
        kept = rows[0][0]
        return None if kept is None else RosterAck.model_validate_json(kept, extra="ignore")

    def sent(self) -> None:
        with transaction(self._connection):
            self._connection.execute("UPDATE delivered SET acknowledgement = NULL")

    def key_has_come(self) -> None:
        """What could not be opened can be now: whoever reads the roster reads it again."""
        with transaction(self._connection):
            roster_changed(self._connection)

    def _gone(self, package: RosterPackage) -> set[str]:
        """Who is here and not in a package that is everybody."""
        here: list[Any] = self._connection.execute("SELECT DISTINCT person FROM template").fetchall()
        return {person for (person,) in here} - {entry.person for entry in package.entries}

    def _what_is_here(self, package: RosterPackage, now: datetime) -> RosterAck:
        held: list[Any] = self._connection.execute(
            "SELECT person, cloud_id FROM template WHERE cloud_id IS NOT NULL"
        ).fetchall()
        still_here = {person for person, _ in held}
        return RosterAck(
            device=package.device,
            version=package.version,
            sha256=roster_digest((person, UUID(template)) for person, template in held),
            people=people_known(self._connection),
            erased=tuple(person for person in package.erase if person not in still_here),
            applied_at=now,
        )
