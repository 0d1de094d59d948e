"""What a family reads of a half-day, in kind and exact words. A doubt of a machine's is no absence, and so is not an
absence that only a machine says before the family was told of it: until then the school may still be checking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.family_queries import OwnHalf
from cloud.attendance.register.words import HALVES
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import HalfDay


class Reads(StrEnum):
    PRESENT = "present"
    MARKED_PRESENT = "marked_present"
    ON_LEAVE = "on_leave"
    LEAVE_AHEAD = "leave_ahead"
    """Leave for a half-day that has not begun."""
    LEAVE_WAITS = "leave_waits"
    FETCHED = "fetched"
    CHECKING = "checking"
    ABSENT = "absent"
    MARKED_ABSENT = "marked_absent"


LEAVE_AHEAD = marked("will be on leave, with permission (P)")
"""Of a half-day that has not begun, wherever it is read."""
IN_SHORT: dict[Reads, str] = {
    Reads.PRESENT: marked("present"),
    Reads.MARKED_PRESENT: marked("present, marked by the teacher at %(time)s"),
    Reads.ON_LEAVE: marked("on leave, with permission (P)"),
    Reads.LEAVE_AHEAD: LEAVE_AHEAD,
    Reads.LEAVE_WAITS: marked("your request for leave is waiting for an answer"),
    Reads.FETCHED: marked("fetched by the family before"),
    Reads.CHECKING: marked("the school is checking"),
    Reads.ABSENT: marked("not at school, and no leave was asked for (K)"),
    Reads.MARKED_ABSENT: marked("absent, marked by the teacher at %(time)s (K)"),
}
HEADLINES: dict[Reads, str] = {
    Reads.PRESENT: marked("At school"),
    Reads.MARKED_PRESENT: marked("Marked present by the teacher at"),
    Reads.ON_LEAVE: marked("On leave, with permission"),
    Reads.LEAVE_WAITS: marked("Your request for leave is waiting for an answer"),
    Reads.FETCHED: marked("Fetched by the family"),
    Reads.CHECKING: marked("The school is checking"),
    Reads.ABSENT: marked("Not at school, and no leave was asked for"),
    Reads.MARKED_ABSENT: marked("Marked absent by the teacher at"),
}
AHEAD: dict[HalfDay, str] = {
    HalfDay.MORNING: marked("Will be on leave this morning, with permission"),
    HalfDay.AFTERNOON: marked("Will be on leave this afternoon, with permission"),
}
SIGNS: dict[Reads, str] = {
    Reads.PRESENT: "●", Reads.MARKED_PRESENT: "●", Reads.ON_LEAVE: "P", Reads.LEAVE_AHEAD: "P",
    Reads.LEAVE_WAITS: "?", Reads.FETCHED: "–", Reads.CHECKING: "?", Reads.ABSENT: "K", Reads.MARKED_ABSENT: "K",
}  # fmt: skip
COLOURS: dict[Reads, str] = {
    Reads.PRESENT: "present", Reads.MARKED_PRESENT: "present", Reads.ON_LEAVE: "permitted",
    Reads.LEAVE_AHEAD: "permitted", Reads.LEAVE_WAITS: "ask", Reads.CHECKING: "ask", Reads.ABSENT: "absent",
    Reads.MARKED_ABSENT: "absent",
}  # fmt: skip
AWAY = (Reads.ON_LEAVE, Reads.FETCHED, Reads.ABSENT, Reads.MARKED_ABSENT)
EXPLAINED: dict[Reads, str] = {
    Reads.CHECKING: marked(
        "It is not certain yet whether %(name)s is at school, so the teacher is asked to look. This page shows it by "
        "itself. If you are worried, please call the school."
    ),
    Reads.ABSENT: marked(
        "Please tell the teacher why, or ask for leave here. If %(name)s has left for school, please call the school."
    ),
    Reads.MARKED_ABSENT: marked(
        "Please tell the teacher why, or ask for leave here. If %(name)s has left for school, please call the school."
    ),
}


@dataclass(frozen=True, slots=True)
class FamilyHalf:
    half: HalfDay
    reads: Reads
    at: datetime
    """When the register began to say so: where a person said it, when they did."""
    late_minutes: int
    left_early_minutes: int
    permission: Permission | None
    ahead: bool = False
    """It has not begun."""
    begins_at: datetime | None = None
    """None: it is not taught, or not today."""

    @property
    def words(self) -> str:
        return HALVES[self.half]

    @property
    def in_short(self) -> str:
        return IN_SHORT[self.reads]

    @property
    def headline(self) -> str:
        if self.reads is Reads.LEAVE_AHEAD:
            return AHEAD[self.half]
        return HEADLINES[self.reads]

    @property
    def explained(self) -> str:
        return EXPLAINED.get(self.reads, "")

    @property
    def sign(self) -> str:
        """As in the calendar."""
        return SIGNS[self.reads]

    @property
    def colour(self) -> str:
        """The style sheet's word for it, as in the calendar."""
        return COLOURS.get(self.reads, "")

    @property
    def by_person(self) -> bool:
        return self.reads in (Reads.MARKED_PRESENT, Reads.MARKED_ABSENT)

    @property
    def is_well(self) -> bool:
        return self.reads in (Reads.PRESENT, Reads.MARKED_PRESENT)

    def is_newer_than(self, seen_at: datetime) -> bool:
        """Says of a half-day that the child is not there, and was not seen since it began, or since that was said."""
        since = max(self.at, self.begins_at) if self.begins_at else self.at
        return self.reads in AWAY and since > seen_at


def family_halves(
    kept: Sequence[OwnHalf],
    *,
    is_today: bool,
    begin_at: Mapping[HalfDay, datetime] | None = None,
    now: datetime | None = None,
) -> tuple[FamilyHalf, ...]:
    """Of one day; a half-day that is not decided yet is left out. `begin_at`: those that are taught, where some may be
    ahead of `now`."""
    told = any(one.told for one in kept)
    found = []
    for one in kept:
        begins_at = begin_at.get(one.half) if begin_at else None
        ahead = begins_at is not None and now is not None and begins_at > now
        how = reads(one, told=told or not is_today)
        if ahead and how is Reads.ON_LEAVE:
            how = Reads.LEAVE_AHEAD
        if how:
            found.append(
                FamilyHalf(
                    one.half, how, one.since, one.late_minutes, one.left_early_minutes, one.permission, ahead, begins_at
                )
            )
    return tuple(found)


def half_at_the_clock(halves: Sequence[FamilyHalf], begin_at: Mapping[HalfDay, datetime]) -> FamilyHalf | None:
    """What is known of the half-day that is on, else of the last one that has begun, else of the first."""
    begun = [one for one in halves if not one.ahead]
    if begun:
        return begun[-1]
    first = min(begin_at, key=lambda half: begin_at[half], default=None)
    return next((one for one in halves if one.half is first), None)


def reads(one: OwnHalf, *, told: bool) -> Reads | None:
    """`told`: the family has heard of an absence that day, or the day is over."""
    match one.presence:
        case Presence.NOT_YET:
            return None
        case Presence.PRESENT:
            return Reads.MARKED_PRESENT if one.by_person else Reads.PRESENT
        case Presence.ASK:
            return Reads.LEAVE_WAITS if one.asked_for_leave else Reads.CHECKING
        case Presence.ABSENT if one.permission is Permission.PERMITTED:
            return Reads.ON_LEAVE
        case Presence.ABSENT if one.asked_for_leave:
            return Reads.LEAVE_WAITS
        case Presence.ABSENT if one.by_person:
            return Reads.MARKED_ABSENT
        case Presence.ABSENT if one.fetched:
            return Reads.FETCHED
    return Reads.ABSENT if told else Reads.CHECKING
