"""The calendar changed for a day that has begun: the register of that class and day is reckoned anew."""

from sqlalchemy.orm import Session

from cloud.attendance.register import entry_queries
from cloud.attendance.register.keeping import recompute
from cloud.kit.clock import Clock, school_day
from cloud.kit.outbox import Handler, each
from cloud.people.history_queries import classes_on
from cloud.school.calendar.events import PlanChanged


def on_plan_changed(clock: Clock) -> Handler:
    @each
    def follow(session: Session, payload: str) -> None:
        event, now = PlanChanged.model_validate_json(payload), clock()
        # A day of which nobody has ever seen anything was before the school began with this: nobody was absent.
        if event.day != school_day(now) and not entry_queries.anything_known(session, event.school_id, event.day):
            return
        classes = classes_on(session, event.school_id, event.day)
        pupils = [student_id for student_id, of_class in classes.items() if of_class.id == event.class_id]
        recompute(session, event.school_id, event.day, pupils, now=now)

    return follow
