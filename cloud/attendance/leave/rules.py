"""What a leave request may become, and by whom. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, Problem, Refused
from cloud.kit.i18n import marked, phrase
from cloud.school.calendar.facts import Because, Plan

LONGEST = timedelta(days=60)
"""Longer than this is not a leave but a suspension of studies, which is decided elsewhere."""
LOOKS_BACK = timedelta(days=30)
"""How long after an absence a guardian may still ask for it to be excused."""
LOOKS_AHEAD = timedelta(days=366)
TOO_FAR = marked("This is more than a year ahead: choose a nearer day.")
NO_SCHOOL = marked("There are no lessons on %(day)s: choose a day on which the class has lessons.")
OFF: dict[Because, str] = {
    Because.WEEKLY: NO_SCHOOL,
    Because.WEEKLY_REST: marked("%(day)s is a day of the week without lessons: choose a school day."),
    Because.OUTSIDE_TERM: marked("%(day)s is in no term: choose a school day."),
    Because.NO_BELLS: NO_SCHOOL,
    Because.OFF: marked("%(day)s is a day off (%(name)s): choose a school day."),
    Because.MAKE_UP: NO_SCHOOL,
}
"""Why a leave cannot begin or end on a day."""
NO_HALF = marked("The class has no lessons in that half-day of %(day)s: choose the other one.")


class Side(StrEnum):
    GUARDIAN = "guardian"
    STAFF = "staff"


MAY_BECOME: dict[tuple[ClaimState, ClaimState], frozenset[Side]] = {
    (ClaimState.REQUESTED, ClaimState.APPROVED): frozenset({Side.STAFF}),
    (ClaimState.REQUESTED, ClaimState.REJECTED): frozenset({Side.STAFF}),
    (ClaimState.REQUESTED, ClaimState.WITHDRAWN): frozenset({Side.GUARDIAN}),
    (ClaimState.APPROVED, ClaimState.REJECTED): frozenset({Side.STAFF}),
    (ClaimState.APPROVED, ClaimState.WITHDRAWN): frozenset({Side.GUARDIAN}),
    (ClaimState.REJECTED, ClaimState.APPROVED): frozenset({Side.STAFF}),
}
"""What is not here cannot happen: a withdrawn request stays withdrawn, and whoever asks does not approve."""

NOTE_MAY_BECOME: dict[tuple[ClaimState, ClaimState], frozenset[Side]] = {
    (ClaimState.APPROVED, ClaimState.WITHDRAWN): frozenset({Side.GUARDIAN, Side.STAFF}),
}
"""A note by staff of what a family told them: nobody asked here, so nothing is refused; either side takes it back."""


def steps(*, is_note: bool) -> dict[tuple[ClaimState, ClaimState], frozenset[Side]]:
    return NOTE_MAY_BECOME if is_note else MAY_BECOME


def step(before: ClaimState, after: ClaimState, side: Side, *, is_note: bool = False, note: str = "") -> None:
    """Raises Conflict for a step that the request cannot take, Forbidden for one that this side may not, Invalid for
    staff who take a note back and do not say why."""
    allowed = steps(is_note=is_note).get((before, after))
    if allowed is None:
        if before is ClaimState.WITHDRAWN and is_note:
            raise Conflict(marked("This leave was taken back already: read it again."))
        if before is ClaimState.WITHDRAWN:
            raise Conflict(marked("The family has withdrawn this request: it is not decided on any more."))
        raise Conflict(marked("It has been decided already: read it again."))
    if side not in allowed:
        if Side.STAFF in allowed:
            raise Forbidden(marked("Only the school decides on a request."))
        raise Forbidden(marked("Only the family can withdraw a request."))
    if is_note and side is Side.STAFF and not note.strip():
        raise Invalid(marked("Please say why this leave is taken back: the family reads it."))


def check_request(stretch: Stretch, reason: str, today: date) -> None:
    """Raises Refused, with what is wrong beside its field."""
    problems = []
    if stretch.runs_backwards:
        problems.append(Problem("last_day", marked("The leave ends before it begins.")))
    if stretch.last_day - stretch.first_day > LONGEST:
        too_long = marked("This leave is too long to ask for here: please agree on it with the school's office.")
        problems.append(Problem("last_day", too_long))
    if stretch.first_day < today - LOOKS_BACK:
        too_late = marked("This was too long ago to be excused here: please ask the school's office.")
        problems.append(Problem("first_day", too_late))
    if stretch.first_day > today + LOOKS_AHEAD:
        problems.append(Problem("first_day", TOO_FAR))
    if not reason.strip():
        problems.append(Problem("reason", marked("Please say why.")))
    if problems:
        raise Refused(problems)


def check_note(stretch: Stretch, reason: str, told_by: str, told_at: datetime, now: datetime) -> None:
    """What staff write down of what a family told them. Raises Invalid, saying what is wrong."""
    if stretch.runs_backwards:
        raise Invalid(marked("The leave ends before it begins."))
    if stretch.last_day - stretch.first_day > LONGEST:
        raise Invalid(marked("More than 60 days are no leave but a suspension of studies, which is decided elsewhere."))
    if stretch.first_day < school_day(now) - LOOKS_BACK:
        raise Invalid(marked("This was more than 30 days ago: correct the register of those days instead."))
    if stretch.first_day > school_day(now) + LOOKS_AHEAD:
        raise Invalid(TOO_FAR)
    if not reason.strip():
        raise Invalid(marked("Please say why."))
    if not told_by.strip():
        raise Invalid(marked("Please say who told you."))
    if told_at > now:
        raise Invalid(marked("Nobody can have told you later than now: look at the day and the time."))
    if school_day(told_at) < school_day(now) - LOOKS_BACK:
        raise Invalid(marked("That somebody told you was more than 30 days ago: look at the day and the time."))


def check_edge(stretch: Stretch, plan: Plan) -> None:
    """`plan` is of the first or the last day. Raises Invalid where no half-day of it that is taught is in the leave."""
    if not plan.is_school_day:
        why = plan.reasons[0]
        says = OFF[why.because]
        raise Invalid(phrase(says, day=f"{plan.day:%d/%m/%Y}", name=why.name))
    if not any((plan.day, one.half) in stretch for one in plan.half_days):
        raise Invalid(phrase(NO_HALF, day=f"{plan.day:%d/%m/%Y}"))
