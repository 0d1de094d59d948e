"""How people call what is in a calendar; all marked for translation."""

from cloud.kit.i18n import marked
from cloud.school.calendar.facts import Because, HalfDay, RuleKind

HALVES = {HalfDay.MORNING: marked("Morning"), HalfDay.AFTERNOON: marked("Afternoon")}
WEEKDAYS = (
    marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday"), marked("Friday"),
    marked("Saturday"), marked("Sunday"),
)  # fmt: skip
KINDS = {RuleKind.OFF: marked("day off"), RuleKind.MAKE_UP: marked("make-up day")}
BECAUSE = {
    Because.WEEKLY: marked("taught, as every week"),
    Because.WEEKLY_REST: marked("not taught on this weekday"),
    Because.OUTSIDE_TERM: marked("outside the terms"),
    Because.NO_BELLS: marked("no bells for this grade"),
    Because.OFF: marked("off"),
    Because.MAKE_UP: marked("made up"),
}
