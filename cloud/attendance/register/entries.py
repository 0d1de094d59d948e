"""What the register keeps of a half-day, and how two versions of it compare."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from cloud.attendance.register.facts import Permission, Presence, Reason, Rule, Status
from cloud.school.calendar.facts import HalfDay

REASONS = TypeAdapter(tuple[Reason, ...])
NOT_WATCHED = (Rule.NOBODY_WATCHED, Rule.UNIT_WAS_AWAY)


@dataclass(frozen=True, slots=True)
class Entry:
    student_id: UUID
    class_id: UUID
    half: HalfDay
    status: Status
    told_at: datetime | None = None
    changed_at: datetime | None = None
    """Since when the register reads so; None before it was written."""

    @property
    def is_without_notice(self) -> bool:
        """Absent, and nobody asked for leave, not even by a request that still waits, nor fetched the pupil."""
        return (
            self.status.presence is Presence.ABSENT
            and self.status.permission is Permission.NOT_PERMITTED
            and not any(
                reason.rule in (Rule.LEAVE_REQUESTED, Rule.HANDED_OVER_BEFORE) for reason in self.status.reasons
            )
        )

    @property
    def is_waited_for(self) -> bool:
        return self.status.presence is Presence.NOT_YET

    @property
    def waits_for_the_roll(self) -> bool:
        """Nobody watched: nothing seen is in doubt, and the roll of the class decides of all of them at once."""
        return self.status.presence is Presence.ASK and self.status.reasons[0].rule in NOT_WATCHED

    def says_the_same_as(self, other: "Entry") -> bool:
        """Whether the register reads alike; reasons may have grown."""
        mine, its = self.status, other.status
        return (
            mine.presence is its.presence
            and mine.late_minutes == its.late_minutes
            and mine.left_early_minutes == its.left_early_minutes
            and mine.permission is its.permission
            and mine.by_person == its.by_person
        )
