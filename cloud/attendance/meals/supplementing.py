"""More portions than were locked: whoever is known to be here only after the cut-off eats, too."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.attendance.meals import queries, sheet_queries, supplement_queries
from cloud.attendance.meals.events import MEALS_SUPPLEMENTED, ClassMore, MealsSupplemented
from cloud.attendance.meals.rules import eats_on
from cloud.attendance.meals.supplement_queries import Confirmed
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict
from cloud.kit.i18n import marked
from cloud.school.calendar.day_plans import plans_on


def confirmed_since(session: Session, school_id: UUID, day: date) -> list[Confirmed]:
    """Who eats at school that day and is here by the register, and is neither in the locked count nor added to it.

    From what the register says now: it is brought up to date every minute, and at once when a roll is called.
    """
    there = supplement_queries.present_uncounted(session, school_id, day)
    if not there:
        return []
    registered, plans = queries.registered(session, school_id, day), plans_on(session, school_id, day)
    return [
        Confirmed(student_id, class_id, registered[student_id].diet)
        for student_id, class_id in there.items()
        if student_id in registered
        and plans[class_id].is_school_day
        and eats_on(registered[student_id].weekdays, plans[class_id].weekday)
    ]


def still_in_doubt(
    session: Session, school_id: UUID, day: date, confirmed: Collection[Confirmed] | None = None
) -> dict[UUID, UUID]:
    """Whom nobody could place at the cut-off and of whom it is not known yet, with their class."""
    doubtful = supplement_queries.in_doubt(session, school_id, day)
    if doubtful and confirmed is None:
        confirmed = confirmed_since(session, school_id, day)
    for one in confirmed or ():
        doubtful.pop(one.student_id, None)
    return doubtful


def supplement(session: Session, school_id: UUID, day: date, *, by: UUID, now: datetime) -> int:
    """Returns how many portions are added; the sheet goes to the kitchen again. Raises Conflict where there is nothing
    to add. The locked count stays as it is."""
    if day != school_day(now) or not supplement_queries.hold(session, school_id, day):
        raise Conflict(marked("Only today's count can be added to, once it is locked."))
    confirmed = confirmed_since(session, school_id, day)
    if not confirmed:
        raise Conflict(marked("Everybody who is known to be here is counted already: look at the page again."))
    number = supplement_queries.add(session, school_id, day, confirmed, by=by, now=now)
    event = MealsSupplemented(
        school_id=school_id,
        day=day,
        number=number,
        at=now,
        classes=tuple(
            ClassMore(class_id=class_id, portions=portions)
            for class_id, portions in sorted(Counter(one.class_id for one in confirmed).items())
        ),
    )
    outbox.put(session, MEALS_SUPPLEMENTED, event, now=now)
    policy = queries.policy_of(session, school_id)
    if policy and policy.kitchen_email:
        sheet_queries.send_again(session, school_id, day, policy.kitchen_email, now)
    facts = {"number": str(number), "portions": str(len(confirmed))}
    audit.note(session, school_id, by, "meals.supplemented", day, facts, now=now)
    return len(confirmed)


def receive(session: Session, school_id: UUID, day: date, upto: int, by: UUID | None, now: datetime) -> None:
    """The kitchen has the sheet and its first `upto` supplements, which are those that it was shown."""
    new = [
        sheet_queries.mark_received(session, school_id, day, by, now),
        supplement_queries.mark_received(session, school_id, day, upto, by, now),
    ]
    if any(new):
        audit.note(session, school_id, by, "meals.received", day, now=now)
