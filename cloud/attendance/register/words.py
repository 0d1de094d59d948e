"""Why a status is what it is, in plain words. Marked here, translated where they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from cloud.attendance.register.entry_queries import NO_LESSONS
from cloud.attendance.register.facts import FactKind, Presence, Reason, Rule
from cloud.kit.clock import school_time
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import Because
from cloud.school.calendar.words import HALVES as CALENDARS_HALVES

RULES: dict[Rule, str] = {
    Rule.CAME_IN_TIME: marked("Seen at %(seen)s at %(unit)s. The bell rang at %(bell)s: in time."),
    Rule.CAME_WITHIN_GRACE: marked(
        "Seen at %(seen)s at %(unit)s. The bell rang at %(bell)s, and up to %(minutes)s minutes after it is not late."
    ),
    Rule.CAME_LATE: marked("Late by %(minutes)s min: seen at %(seen)s at %(unit)s, the bell rang at %(bell)s."),
    Rule.WAS_THERE_BEFORE: marked("Was at school before, and nobody saw the pupil leave."),
    Rule.SEEN_LEAVING_ONLY: marked("Seen leaving at %(seen)s at %(unit)s, so the pupil was there."),
    Rule.LEFT_EARLY: marked("Left %(minutes)s min early: seen leaving at %(seen)s, lessons end at %(bell)s."),
    Rule.HANDED_OVER_EARLY: marked("Left %(minutes)s min early: handed over at %(seen)s, lessons end at %(bell)s."),
    Rule.HANDED_OVER_ONLY: marked("Handed over at %(seen)s, so the pupil was there."),
    Rule.HANDED_OVER_BEFORE: marked("Was handed over at %(seen)s, before this began: the family knows."),
    Rule.LET_GO_BEFORE: marked("Went home with permission (P) at %(seen)s, as a member of staff said."),
    Rule.NOT_SEEN: marked("No unit saw the pupil for this half-day, which began at %(bell)s."),
    Rule.NOT_DUE_YET: marked(
        "Not seen yet. Nobody is called absent until %(minutes)s minutes after the bell at %(bell)s."
    ),
    Rule.SEEN_ONLY_AFTERWARDS: marked("First seen at %(seen)s, when lessons were over: please check."),
    Rule.LOOKED_ALIKE: marked("%(unit)s saw somebody who may have been this pupil: please check."),
    Rule.TIME_UNKNOWN: marked("%(unit)s saw the pupil, but its clock was not right at that time: please check."),
    Rule.UNIT_SILENT: marked("%(unit)s has not been heard of since %(seen)s; it may have seen the pupil."),
    Rule.UNIT_WAS_AWAY: marked(
        "%(unit)s was not watching all the time from %(seen)s to %(bell)s, when pupils come in: please call the roll."
    ),
    Rule.NOBODY_WATCHED: marked(
        "No unit is known to have been watching from %(seen)s to %(bell)s, when pupils come in, so not being seen says "
        "nothing: please call the roll."
    ),
    Rule.LEAVE_APPROVED: marked("There is leave: with permission (P)."),
    Rule.LEAVE_REQUESTED: marked("The parents have asked for leave, and nobody has decided yet."),
    Rule.NO_LEAVE: marked("Nobody asked for leave: without permission (K)."),
    Rule.PERSON_SAID: marked("A member of staff said so at %(seen)s. Without that the rules would say:"),
    Rule.SEEN_SINCE: marked("Seen at %(seen)s at %(unit)s, after somebody had said absent: please check."),
}
OF_A_PERIOD: dict[Rule, str] = {
    **RULES,
    Rule.NOT_SEEN: marked("No unit saw the pupil for this period, which began at %(bell)s."),
}
CALENDAR: dict[Because, str] = {
    Because.WEEKLY: marked("Taught every week."),
    Because.WEEKLY_REST: marked("There are no lessons on this day of the week."),
    Because.OUTSIDE_TERM: marked("This day is in no term."),
    Because.NO_BELLS: marked("No bells are set for this class."),
    Because.OFF: marked("A day off."),
    Because.MAKE_UP: marked("A day that is made up."),
}
PRESENCES: dict[str, str] = {
    Presence.NOT_YET: marked("not seen yet"),
    Presence.PRESENT: marked("present"),
    Presence.ABSENT: marked("absent"),
    Presence.ASK: marked("please check"),
    NO_LESSONS: marked("no lessons"),
}
HALVES = CALENDARS_HALVES
ROLL_CALL = marked("Roll call")
"""Written as the reason of a roll that needs no other one."""
TAKEN_BACK = marked("Taken back")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is translated first, then filled with the rest."""

    text: str
    seen: str = ""
    bell: str = ""
    minutes: int = 0
    unit: str = ""


def sentence(reason: Reason, units: Mapping[str, str], *, period: bool = False) -> Sentence:
    """`units`: names by the ids that facts carry."""
    seen = bell = unit = ""
    for fact in reason.used:
        moment = f"{school_time(fact.at):%H:%M}" if fact.at else ""
        if fact.kind is FactKind.BELL:
            bell = moment
        else:
            seen = moment
        if fact.kind in (FactKind.SIGHTING, FactKind.UNIT):
            device = fact.key.rsplit("/", 1)[0]
            unit = units.get(device, device)
    return Sentence((OF_A_PERIOD if period else RULES)[reason.rule], seen, bell, reason.minutes or 0, unit)
