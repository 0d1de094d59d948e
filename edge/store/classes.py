"""Which class has a lesson in this unit's room now, and who belongs to it.

    classes = Classes(connection)
    classes.replace_members({"6A": ["hs-1", "hs-2"]})
    classes.replace_lessons([Lesson("6A", 1, time(7, 30), time(8, 15), date(2026, 9, 7), date(2027, 1, 15))])

A unit at the gate has no lessons: for it everybody is always meant.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import apsw

from edge.clock import SCHOOL_TIME
from edge.errors import Rejected
from edge.store.db import transaction
from edge.store.roster import roster_changed

EARLY_MIN = 10
"""A class comes so many minutes before its lesson begins."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Every week on one day, from `first_day` to `last_day`, both with it; a single lesson has one day as both."""

    class_ref: str
    weekday: int
    """ISO: 1 is Monday, 7 is Sunday."""
    starts: time
    """Where the school is; `ends` is the first minute after it."""
    ends: time
    first_day: date
    last_day: date


class Classes:
    """Opaque references only. Every change raises the roster's version: it takes effect at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def replace_members(self, classes: Mapping[str, Collection[str]]) -> None:
        """These classes instead of all that were here."""
        with transaction(self._connection):
            self.replace_members_within(classes)

    def replace_members_within(self, classes: Mapping[str, Collection[str]]) -> None:
        """As `replace_members`, for a caller who has begun the transaction and commits it."""
        self._connection.execute("DELETE FROM class_member")
        self._connection.executemany(
            "INSERT OR IGNORE INTO class_member VALUES (?, ?)",
            ((one, person) for one, people in classes.items() for person in people),
        )
        roster_changed(self._connection)

    def replace_lessons(self, lessons: Iterable[Lesson]) -> None:
        """This timetable instead of the one that was here. Raises Rejected, taking none, for one that cannot be."""
        with transaction(self._connection):
            self.replace_lessons_within(lessons)

    def replace_lessons_within(self, lessons: Iterable[Lesson]) -> None:
        """As `replace_lessons`, for a caller who has begun the transaction, and rolls it back for a Rejected."""
        self._connection.execute("DELETE FROM lesson")
        for one in lessons:
            if not (1 <= one.weekday <= 7 and one.starts < one.ends and one.first_day <= one.last_day):
                raise Rejected(
                    f"lesson of class {one.class_ref} on weekday {one.weekday} {one.starts}-{one.ends}, "
                    f"{one.first_day} to {one.last_day}: ends before it begins, or on no day of the week"
                )
            days = one.first_day.isoformat(), one.last_day.isoformat()
            self._connection.execute(
                "INSERT INTO lesson VALUES (?, ?, ?, ?, ?, ?)",
                (one.class_ref, one.weekday, _minutes(one.starts), _minutes(one.ends), *days),
            )
        roster_changed(self._connection)

    def at(self, now: datetime) -> frozenset[str]:
        """The classes that have a lesson here at `now` (any time zone), or within EARLY_MIN minutes."""
        local = now.astimezone(SCHOOL_TIME)
        minute, day = _minutes(local.time()), local.date().isoformat()
        rows = self._connection.execute(
            "SELECT DISTINCT class FROM lesson WHERE weekday = ? AND starts_min - ? <= ? AND ? < ends_min"
            " AND ? BETWEEN first_day AND last_day",
            (local.isoweekday(), EARLY_MIN, minute, minute, day),
        )
        return frozenset(row[0] for row in rows)

    def members(self, class_ref: str) -> frozenset[str]:
        rows = self._connection.execute("SELECT person FROM class_member WHERE class = ?", (class_ref,))
        return frozenset(row[0] for row in rows)

    def all(self) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT DISTINCT class FROM class_member ORDER BY class")]


def _minutes(moment: time) -> int:
    """Since midnight."""
    return moment.hour * 60 + moment.minute
