"""What a family reads of a half-day, in kind and exact words. A doubt of a machine's is no absence, and so is not an
absence that only a machine says before the family was told of it: until then the school may still be checking."""

from collections.abc import Sequence
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
    LEAVE_WAITS = "leave_waits"
    FETCHED = "fetched"
    CHECKING = "checking"
    ABSENT = "absent"
    MARKED_ABSENT = "marked_absent"


IN_SHORT: dict[Reads, str] = {
    Reads.PRESENT: marked("present"),
    Reads.MARKED_PRESENT: marked("present, marked by the teacher at %(time)s"),
    Reads.ON_LEAVE: marked("on leave, with permission (P)"),
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
SIGNS: dict[Reads, str] = {
    Reads.PRESENT: "●", Reads.MARKED_PRESENT: "●", Reads.ON_LEAVE: "P", Reads.LEAVE_WAITS: "?", Reads.FETCHED: "–",
    Reads.CHECKING: "?", Reads.ABSENT: "K", Reads.MARKED_ABSENT: "K",
}  # fmt: skip
COLOURS: dict[Reads, str] = {
    Reads.PRESENT: "present", Reads.MARKED_PRESENT: "present", Reads.ON_LEAVE: "permitted", Reads.LEAVE_WAITS: "ask",
    Reads.CHECKING: "ask", Reads.ABSENT: "absent", Reads.MARKED_ABSENT: "absent",
}  # fmt: skip
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

    @property
    def words(self) -> str:
        return HALVES[self.half]

    @property
    def in_short(self) -> str:
        return IN_SHORT[self.reads]

    @property
    def headline(self) -> str:
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


def family_halves(kept: Sequence[OwnHalf], *, is_today: bool) -> tuple[FamilyHalf, ...]:
    """Of one day; a half-day that is not decided yet is left out."""
    told = any(one.told for one in kept)
    read = ((one, reads(one, told=told or not is_today)) for one in kept)
    return tuple(
        FamilyHalf(one.half, how, one.since, one.late_minutes, one.left_early_minutes, one.permission)
        for one, how in read
        if how
    )


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
