"""Who eats, and who is excused. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloud.attendance.register.facts import Permission, Presence


@dataclass(frozen=True, slots=True)
class Diner:
    """A registered pupil, as the register has the half-day before the meal."""

    student_id: UUID
    class_id: UUID
    presence: Presence
    permission: Permission | None = None
    noticed_at: datetime | None = None
    """When leave was asked for, if it was approved."""


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
    by_class: dict[UUID, list[Presence]] = {}
    for diner in diners:
        by_class.setdefault(diner.class_id, []).append(diner.presence)
    return tuple(
        Portions(
            class_id,
            portions=presences.count(Presence.PRESENT),
            in_doubt=presences.count(Presence.ASK) + presences.count(Presence.NOT_YET),
        )
        for class_id, presences in sorted(by_class.items())
    )


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
