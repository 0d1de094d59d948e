"""A correction of a timesheet that waits, as whoever may decide on it is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.attendance.timesheets import queries
from cloud.attendance.timesheets.corrections import may_decide
from cloud.attendance.timesheets.events import CorrectionAsked
from cloud.attendance.timesheets.queries import State
from cloud.kit.clock import school_day, school_time
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff.readers import holding_whole
from cloud.notifications.staff.texts import TIMESHEET_ASKED, staff_text
from cloud.notifications.telling import Occasion, StaffTelling
from cloud.school.queries import school_names


def correction_asked(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """Never to who asked, nor to whose sheet it is: neither decides."""
    asked = queries.asked(session, CorrectionAsked.model_validate_json(payload).correction_id)
    if asked is None or asked.state is not State.REQUESTED or not is_news(asked.asked_at, now):
        return []
    _, slug = school_names(session, asked.staff.school_id)
    occasion = Occasion(
        TIMESHEET_ASKED, Urgency.ROUTINE, asked.staff.school_id, None, school_day(asked.asked_at), asked.asked_at,
        about=asked.id.hex, about_id=asked.id, path=f"/schools/{slug}/timesheets",
    )  # fmt: skip
    came, left = (f"{school_time(moment):%H:%M}" for moment in (asked.came_at, asked.left_at))
    return [
        StaffTelling(
            occasion,
            one.user_id,
            staff_text(
                one.locale, TIMESHEET_ASKED, name=asked.staff.full_name, day=f"{asked.day:%d/%m/%Y}", came=came,
                left=left,
            ),
        )
        for one in holding_whole(session, Right.KEEP_TIMESHEETS, asked.staff.school_id, now)
        if may_decide(one, asked)
    ]  # fmt: skip
