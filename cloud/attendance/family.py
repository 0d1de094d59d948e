"""Pupils' days, as their own parents see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.queries import board
from cloud.attendance.queries.board import Day
from cloud.people.access import Pupil

WEEK = 5
"""Days shown of each child on the page of all."""
HISTORY = 44
"""Days shown on one child's page: two months of school."""
LOOK_BACK = timedelta(days=70)
"""Far enough for HISTORY and the holidays within it."""


@dataclass(frozen=True, slots=True)
class Child:
    id: UUID
    name: str
    class_name: str
    today: Day
    recent: tuple[Day, ...]
    """Before today, the latest first."""
    agreed: bool = False
    """The reader has said yes to face recognition, and may take it back."""

    @property
    def given_name(self) -> str:
        """Vietnamese names end with the one that people are called by."""
        return self.name.split()[-1]


def read_children(
    session: Session, pupils: Sequence[Pupil], *, today: date, count: int, agreed: Collection[UUID] = ()
) -> tuple[Child, ...]:
    """`pupils` came from people.access; `count` is how many days before `today` are wanted, `agreed` for whom the
    reader has said yes to face recognition."""
    days = board.days_since(session, [pupil.id for pupil in pupils], today - LOOK_BACK)
    return tuple(
        Child(
            id=pupil.id,
            name=pupil.full_name,
            class_name=pupil.class_name,
            today=days.get(pupil.id, {}).get(today, Day(today)),
            recent=days_shown(today, count, days.get(pupil.id, {})),
            agreed=pupil.id in agreed,
        )
        for pupil in pupils
    )


def days_shown(today: date, count: int, seen: Mapping[date, Day]) -> tuple[Day, ...]:
    """The `count` latest days before `today`, latest first, not before the first one of `seen`.

    A weekend is shown only if somebody came: it is no missing day.
    """
    earliest = min(seen, default=today)
    day, days = today - timedelta(days=1), list[Day]()
    while day >= earliest and len(days) < count:
        if day in seen or day.weekday() < 5:
            days.append(seen.get(day, Day(day)))
        day -= timedelta(days=1)
    return tuple(days)
