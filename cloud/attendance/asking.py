"""Whether leave may be for just those days: asked for by a family, where in their form it cannot be; and what staff
write down is held to the same (`noting.py`)."""

from datetime import date

from sqlalchemy.orm import Session

from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.rules import check_edge
from cloud.kit.errors import Invalid, Problem, Refused
from cloud.kit.i18n import marked, phrase, problem_of
from cloud.people.access import Pupil
from cloud.people.history_queries import classes_on
from cloud.people.queries import hold_students
from cloud.school.calendar.day_plans import plan_on
from cloud.school.calendar.setup_queries import years

ABSENT = marked("Your child is not with the school on %(day)s: choose another day.")
TAKEN: dict[ClaimState, str] = {
    ClaimState.REQUESTED: marked(
        "You have asked for leave for %(span)s already, and the school has not answered yet: choose other days, or "
        "withdraw that request below."
    ),
    ClaimState.APPROVED: marked(
        "There is leave for %(span)s already: choose other days, or withdraw that leave below first."
    ),
}


def check_days(session: Session, child: Pupil, stretch: Stretch) -> None:
    """Raises Refused where the first or the last day is no school day of the child's class. A school that has set up no
    year yet knows none: there the family's word has to do."""
    if not years(session, child.school_id):
        return
    problems: list[Problem] = []
    edges = {stretch.last_day: "last_day", stretch.first_day: "first_day"}
    for day, field in sorted(edges.items()):
        try:
            check_day(session, child, stretch, day, ABSENT)
        except Invalid as error:
            problems.append(problem_of(field, error))
    if problems:
        raise Refused(problems)


def check_alone(session: Session, child: Pupil, stretch: Stretch) -> None:
    """One time has one leave. Raises Refused."""
    if found := standing_over(session, child, stretch):
        state, span = found
        raise Refused([Problem("first_day", TAKEN[state], (("span", span),))])


def check_day(session: Session, pupil: Pupil, stretch: Stretch, day: date, absent: str) -> None:
    """`absent` says of a `day` that the pupil is not with the school then. Raises Invalid."""
    own_class = classes_on(session, pupil.school_id, day, [pupil.id]).get(pupil.id)
    if own_class is None:
        raise Invalid(phrase(absent, day=f"{day:%d/%m/%Y}"))
    check_edge(stretch, plan_on(session, pupil.school_id, day, own_class.id))


def standing_over(session: Session, pupil: Pupil, stretch: Stretch) -> tuple[ClaimState, str] | None:
    """The request or leave that has some of that time already, with its days; also where two ask at once."""
    hold_students(session, [pupil.id])
    for one in leave.requests_of(session, pupil.id):
        if one.claim.state in TAKEN and one.claim.stretch.overlaps(stretch):
            days = dict.fromkeys((one.claim.stretch.first_day, one.claim.stretch.last_day))
            return one.claim.state, " – ".join(f"{day:%d/%m/%Y}" for day in days)
    return None
