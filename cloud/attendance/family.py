"""Pupils' days, as their own parents see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.family_words import FamilyHalf, Reads, family_halves, half_at_the_clock
from cloud.attendance.leaving import Gone, gone_home
from cloud.attendance.queries import board
from cloud.attendance.queries.board import Day
from cloud.attendance.register import ahead
from cloud.attendance.register.family_queries import OwnHalf, own_halves
from cloud.kit.clock import school_day
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
    now: FamilyHalf | None = None
    """What is known of the half-day at the clock."""
    gone: Gone | None = None
    """Home, or elsewhere out of school, as far as anybody knows."""
    agreed: bool = False
    """The reader has said yes to face recognition, and may take it back."""

    @property
    def is_away(self) -> bool:
        """The register says so of the half-day at the clock, and no unit has seen the child since."""
        seen_at = self.today.last_seen_at
        return self.now is not None and seen_at is not None and self.now.is_newer_than(seen_at)

    @property
    def is_here(self) -> bool:
        seen = self.today.first_in_at is not None or (self.now is not None and self.now.is_well)
        return seen and not self.gone and not self.is_away

    @property
    def given_name(self) -> str:
        """Vietnamese names end with the one that people are called by."""
        return self.name.split()[-1]


def read_children(
    session: Session, pupils: Sequence[Pupil], *, now: datetime, count: int, agreed: Collection[UUID] = ()
) -> tuple[Child, ...]:
    """`pupils` came from people.access; `count` is how many days before `today` are wanted, `agreed` for whom the
    reader has said yes to face recognition."""
    today = school_day(now)
    ids, since = [pupil.id for pupil in pupils], today - (LOOK_BACK if count > WEEK else GLANCE_BACK)
    days = board.days_since(session, ids, today - LOOK_BACK)
    kept = own_halves(session, ids, since)
    begin_at: dict[UUID, Mapping[HalfDay, datetime]] = {}
    gone: dict[UUID, Gone] = {}
    for school_id in {pupil.school_id for pupil in pupils}:
        own = [pupil.id for pupil in pupils if pupil.school_id == school_id]
        halves = ahead.halves_on(session, school_id, today, own)
        begin_at |= {student_id: ahead.begins(planned) for student_id, planned in halves.items()}
        gone |= gone_home(session, school_id, own, today)
    return tuple(
        _child(
            pupil, today, count, days.get(pupil.id, {}), kept.get(pupil.id, {}), begin_at.get(pupil.id, {}), now,
            gone.get(pupil.id), agreed=pupil.id in agreed,
        )
        for pupil in pupils
    )  # fmt: skip


def _child(
    pupil: Pupil,
    today: date,
    count: int,
    seen: Mapping[date, Day],
    kept: Mapping[date, Sequence[OwnHalf]],
    begin_at: Mapping[HalfDay, datetime],
    now: datetime,
    gone: Gone | None,
    *,
    agreed: bool,
) -> Child:
    halves = {
        day: family_halves(own, is_today=day == today, begin_at=begin_at if day == today else None, now=now)
        for day, own in kept.items()
    }
    return Child(
        id=pupil.id,
        name=pupil.full_name,
        class_name=pupil.class_name,
        today=seen.get(today, Day(today)),
        recent=days_shown(today, count, seen, kept.keys()),
        halves=halves,
        now=half_at_the_clock(halves.get(today, ()), begin_at),
        gone=gone,
        agreed=agreed,
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
