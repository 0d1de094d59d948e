"""Corrections of timesheets: one that waits is told to whoever may decide; what became of it, to who asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.accounts.queries import active_user
from cloud.attendance.timesheets import queries
from cloud.attendance.timesheets.corrections import may_decide
from cloud.attendance.timesheets.events import CorrectionAsked, CorrectionDecided
from cloud.attendance.timesheets.queries import Asked, State
from cloud.kit.clock import school_day, school_time
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff.readers import holding_whole
from cloud.notifications.staff.texts import TIMESHEET_APPROVED, TIMESHEET_ASKED, TIMESHEET_REJECTED, staff_text
from cloud.notifications.telling import Occasion, StaffTelling
from cloud.notifications.texts import Text
from cloud.school.queries import school_names


def correction_asked(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """Never to who asked, nor to whose sheet it is: neither decides."""
    asked = queries.asked(session, CorrectionAsked.model_validate_json(payload).correction_id)
    if asked is None or asked.state is not State.REQUESTED or not is_news(asked.asked_at, now):
        return []
    occasion = _occasion(session, TIMESHEET_ASKED, asked, asked.asked_at, "")
    return [
        StaffTelling(occasion, one.user_id, _text(one.locale, TIMESHEET_ASKED, asked))
        for one in holding_whole(session, Right.KEEP_TIMESHEETS, asked.staff.school_id, now)
        if may_decide(one, asked)
    ]


def correction_decided(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """To who asked and to whose sheet it is. It cannot be switched off: it answers them."""
    asked = queries.asked(session, CorrectionDecided.model_validate_json(payload).correction_id)
    if asked is None or asked.decided_at is None or not is_news(asked.decided_at, now):
        return []
    kind = TIMESHEET_APPROVED if asked.state is State.APPROVED else TIMESHEET_REJECTED
    where = f"/{asked.staff.id}?month={asked.day:%Y-%m}"
    occasion = _occasion(session, kind, asked, asked.decided_at, where)
    readers = [active_user(session, one) for one in {asked.asked_by, asked.staff.user_id} if one]
    return [StaffTelling(occasion, one.id, _text(one.locale, kind, asked)) for one in readers if one]


def _occasion(session: Session, kind: str, asked: Asked, at: datetime, where: str) -> Occasion:
    _, slug = school_names(session, asked.staff.school_id)
    return Occasion(
        kind, Urgency.ROUTINE, asked.staff.school_id, None, school_day(at), at, about=asked.id.hex, about_id=asked.id,
        path=f"/schools/{slug}/timesheets{where}",
    )  # fmt: skip


def _text(locale: str | None, kind: str, asked: Asked) -> Text:
    came, left = (f"{school_time(moment):%H:%M}" for moment in (asked.came_at, asked.left_at))
    return staff_text(
        locale, kind, name=asked.staff.full_name, day=f"{asked.day:%d/%m/%Y}", came=came, left=left, note=asked.note
    )  # fmt: skip
