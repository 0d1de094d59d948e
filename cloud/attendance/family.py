"""Pupils' days, as their own parents see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.family_words import FamilyHalf, Reads, family_halves
from cloud.attendance.queries import board
from cloud.attendance.queries.board import Day
from cloud.attendance.register.family_queries import own_halves
from cloud.people.access import Pupil
from cloud.school.calendar.facts import HalfDay

WEEK = 5
"""Days shown of each child on the page of all."""
HISTORY = 44
"""Days shown on one child's page: two months of school."""
LOOK_BACK = timedelta(days=70)
"""Far enough for HISTORY and the holidays within it."""
GLANCE_BACK = timedelta(days=14)
"""The same for WEEK."""


@dataclass(frozen=True, slots=True)
class Child:
    id: UUID
    name: str
    class_name: str
    today: Day
    recent: tuple[Day, ...]
    """Before today, the latest first."""
    halves: Mapping[date, tuple[FamilyHalf, ...]]
    """What the register says of those days, and of today so far."""
    agreed: bool = False
    """The reader has said yes to face recognition, and may take it back."""

    @property
    def now(self) -> FamilyHalf | None:
        """What is known of today last."""
        return next(reversed(self.halves.get(self.today.day, ())), None)

    @property
    def given_name(self) -> str:
        """Vietnamese names end with the one that people are called by."""
        return self.name.split()[-1]


def read_children(
    session: Session, pupils: Sequence[Pupil], *, today: date, count: int, agreed: Collection[UUID] = ()
) -> tuple[Child, ...]:
    """`pupils` came from people.access; `count` is how many days before `today` are wanted, `agreed` for whom the
    reader has said yes to face recognition."""
    ids, since = [pupil.id for pupil in pupils], today - (LOOK_BACK if count > WEEK else GLANCE_BACK)
    days = board.days_since(session, ids, today - LOOK_BACK)
    kept = own_halves(session, ids, since)
    return tuple(
        Child(
            id=pupil.id,
            name=pupil.full_name,
            class_name=pupil.class_name,
            today=days.get(pupil.id, {}).get(today, Day(today)),
            recent=days_shown(today, count, days.get(pupil.id, {}), kept.get(pupil.id, {}).keys()),
            halves={day: family_halves(own, is_today=day == today) for day, own in kept.get(pupil.id, {}).items()},
            agreed=pupil.id in agreed,
        )
        for pupil in pupils
    )


def days_shown(today: date, count: int, seen: Mapping[date, Day], kept: Collection[date] = ()) -> tuple[Day, ...]:
    """The `count` latest days before `today`, latest first, not before the first one of `seen` or `kept`.

    A weekend is shown only if somebody came, or lessons were held: it is no missing day.
    """
    earliest = min([*seen, *kept], default=today)
    day, days = today - timedelta(days=1), list[Day]()
    while day >= earliest and len(days) < count:
        if day in seen or day in kept or day.weekday() < 5:
            days.append(seen.get(day, Day(day)))
        day -= timedelta(days=1)
    return tuple(days)


def being_checked(session: Session, student_id: UUID, today: date) -> frozenset[HalfDay]:
    """Half-days of today of which the family is told nothing yet but that the school is checking."""
    kept = own_halves(session, [student_id], today).get(student_id, {}).get(today, [])
    return frozenset(one.half for one in family_halves(kept, is_today=True) if one.reads is Reads.CHECKING)
