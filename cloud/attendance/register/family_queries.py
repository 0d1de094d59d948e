"""All SQL of the register as families read it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.attendance.register.facts import Permission, Presence, Rule
from cloud.attendance.register.tables import RegisterEntry
from cloud.kit.db import among
from cloud.school.calendar.facts import HalfDay


@dataclass(frozen=True, slots=True)
class OwnHalf:
    """A half-day of one's child, as it is kept."""

    half: HalfDay
    presence: Presence
    late_minutes: int
    left_early_minutes: int
    permission: Permission | None
    by_person: bool
    since: datetime
    """When the register began to say so."""
    told: bool
    """The family was told of this absence."""
    asked_for_leave: bool
    fetched: bool
    """By the family, before it began."""


def own_halves(session: Session, student_ids: Collection[UUID], since: date) -> dict[UUID, dict[date, list[OwnHalf]]]:
    """By pupil and day, the morning first."""
    rows = session.execute(
        select(
            RegisterEntry.student_id,
            RegisterEntry.day,
            RegisterEntry.half,
            RegisterEntry.presence,
            RegisterEntry.late_minutes,
            RegisterEntry.left_early_minutes,
            RegisterEntry.permission,
            RegisterEntry.by_person,
            RegisterEntry.changed_at,
            RegisterEntry.told_at,
            RegisterEntry.reasons.like(f'%"{Rule.LEAVE_REQUESTED}"%'),
            RegisterEntry.reasons.like(f'%"{Rule.HANDED_OVER_BEFORE}"%'),
        ).where(among(session, RegisterEntry.student_id, student_ids), RegisterEntry.day >= since)
    )
    found: dict[UUID, dict[date, list[OwnHalf]]] = defaultdict(lambda: defaultdict(list))
    for (
        student_id,
        day,
        half,
        presence,
        late,
        early,
        permission,
        by_person,
        changed_at,
        told_at,
        asked,
        fetched,
    ) in rows:
        found[student_id][day].append(
            OwnHalf(
                HalfDay(half), Presence(presence), late, early, Permission(permission) if permission else None,
                bool(by_person), changed_at, told_at is not None, bool(asked), bool(fetched),
            )
        )  # fmt: skip
    for days in found.values():
        for own in days.values():
            own.sort(key=lambda one: one.half is HalfDay.AFTERNOON)
    return found
