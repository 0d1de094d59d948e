"""Who cannot be told apart by the face alone: pairs of people, each named by whoever found it.

    LookAlikes(connection).replace(LinkedBy.CLOUD, [("hs-1", "hs-2")])

Every source replaces what it said before and nothing else, so that a calibration does not undo what the cloud knows.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import apsw

from edge.store.db import transaction
from edge.store.roster import roster_changed


class LinkedBy(StrEnum):
    CLOUD = "cloud"
    CALIBRATION = "calibration"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Linked:
    """`one` comes before `other`."""

    one: str
    other: str
    by: tuple[LinkedBy, ...]


class LookAlikes:
    """Opaque references only. Every change raises the roster's version: it takes effect at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def replace(self, by: LinkedBy, pairs: Iterable[tuple[str, str]]) -> None:
        """All that `by` says, instead of all that it said before. A pair of one person with themselves is none."""
        with transaction(self._connection):
            self.replace_within(by, pairs)

    def replace_within(self, by: LinkedBy, pairs: Iterable[tuple[str, str]]) -> None:
        """As `replace`, for a caller who has begun the transaction and commits it."""
        self._connection.execute("DELETE FROM look_alike WHERE source = ?", (by,))
        self._put(by, pairs)
        roster_changed(self._connection)

    def link(self, by: LinkedBy, one: str, other: str) -> None:
        with transaction(self._connection):
            self._put(by, [(one, other)])
            roster_changed(self._connection)

    def unlink(self, one: str, other: str) -> bool:
        """Take back what was said here; a pair that the cloud named stays until the cloud takes it back.

        Returns whether there was one.
        """
        with transaction(self._connection):
            self._connection.execute(
                "DELETE FROM look_alike WHERE one = ? AND other = ? AND source != ?",
                (*sorted((one, other)), LinkedBy.CLOUD),
            )
            taken = self._connection.changes() > 0
            roster_changed(self._connection)
        return taken

    def pairs(self) -> list[Linked]:
        found: dict[tuple[str, str], list[LinkedBy]] = defaultdict(list)
        for one, other, source in self._connection.execute("SELECT one, other, source FROM look_alike"):
            found[one, other].append(LinkedBy(source))
        return [Linked(one, other, tuple(sorted(by))) for (one, other), by in sorted(found.items())]

    def mates(self) -> dict[str, frozenset[str]]:
        """Of everybody who has any: whom their face may be taken for."""
        found: dict[str, set[str]] = defaultdict(set)
        for pair in self.pairs():
            found[pair.one].add(pair.other)
            found[pair.other].add(pair.one)
        return {person: frozenset(mates) for person, mates in found.items()}

    def _put(self, by: LinkedBy, pairs: Iterable[tuple[str, str]]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO look_alike VALUES (?, ?, ?)",
            ((*sorted(pair), by) for pair in pairs if pair[0] != pair[1]),
        )
