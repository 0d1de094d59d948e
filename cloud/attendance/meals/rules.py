"""Who eats, and who is excused. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from cloud.attendance.register.facts import Permission, Presence
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked

EVERY_DAY = 127
"""All the week's bits, Monday the lowest."""
FURTHEST = timedelta(days=366)
MOST_STARS = 5
FAR_BELOW_PERCENT = 75
"""Fewer portions than this of the registered pupils are hardly ever right: illness alone keeps a tenth at home."""


@dataclass(frozen=True, slots=True)
class Diner:
    """A registered pupil, as the register has the half-day before the meal."""

    student_id: UUID
    class_id: UUID
    presence: Presence
    permission: Permission | None = None
    noticed_at: datetime | None = None
    """When leave was asked for, if it was approved."""
    diet: str = ""
    held: bool = False
    """Absent because no unit saw them, like so many others that a person has to call the roll first."""

    @property
    def in_doubt(self) -> bool:
        return self.held or self.presence in (Presence.ASK, Presence.NOT_YET)


@dataclass(frozen=True, slots=True)
class Portions:
    class_id: UUID
    portions: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class Excuse:
    student_id: UUID
    noticed_at: datetime
    before_cut_off: bool


def portions_of(diners: Iterable[Diner]) -> tuple[Portions, ...]:
    """By class, in a fixed order. Doubt is nobody's absence: it is counted apart."""
    by_class: dict[UUID, list[Diner]] = {}
    for diner in diners:
        by_class.setdefault(diner.class_id, []).append(diner)
    return tuple(
        Portions(
            class_id,
            portions=sum(diner.presence is Presence.PRESENT for diner in own),
            in_doubt=sum(diner.in_doubt for diner in own),
        )
        for class_id, own in sorted(by_class.items())
    )


def is_far_below(portions: int, registered: int) -> bool:
    return portions * 100 < registered * FAR_BELOW_PERCENT


def excuses_of(diners: Iterable[Diner], cut_off_at: datetime, decided_at: datetime) -> dict[UUID, Excuse]:
    """Absent with permission. A permission that staff gave without a request counts as noticed when it is settled."""
    return {
        diner.student_id: Excuse(
            diner.student_id,
            noticed_at := diner.noticed_at or decided_at,
            before_cut_off=noticed_at <= cut_off_at,
        )
        for diner in diners
        if diner.presence is Presence.ABSENT and diner.permission is Permission.PERMITTED
    }


def eats_on(weekdays: int, weekday: int) -> bool:
    return bool(weekdays >> weekday & 1)


def weekday_bits(weekdays: Iterable[int]) -> int:
    """Raises Invalid where none is chosen."""
    bits = sum(1 << weekday for weekday in {one for one in weekdays if 0 <= one < 7})
    if not bits:
        raise Invalid(marked("Choose at least one day of the week."))
    # Whoever eats from Monday to Friday eats on a Saturday that is made up, too.
    return EVERY_DAY if bits & 0b11111 == 0b11111 else bits


def check_start(first_day: date, today: date) -> None:
    """Raises Invalid for a day in the past or too far off."""
    if not today <= first_day <= today + FURTHEST:
        raise Invalid(marked("Meals begin today or later, at most a year from now."))


def check_end(last_day: date, *, earliest: date) -> None:
    """Raises Invalid for a day before `earliest`: what is counted already is eaten."""
    if last_day < earliest:
        raise Invalid(marked("Today's meals are counted already: choose today or later as the last day."))
    if last_day > earliest + FURTHEST:
        raise Invalid(marked("Choose a last day within a year."))
