"""All SQL of when a school's people are told of the roll, and that they were."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.attendance.roll_report.rules import DEFAULT_AT
from cloud.attendance.roll_report.tables import RollReport, RollReportTime
from cloud.kit.db import insert_new
from cloud.school.calendar.facts import HalfDay

KEPT = timedelta(days=7)


def time_of(session: Session, school_id: UUID) -> time:
    return session.scalar(select(RollReportTime.at).where(RollReportTime.school_id == school_id)) or DEFAULT_AT


def set_time(session: Session, school_id: UUID, at: time) -> None:
    session.merge(RollReportTime(school_id=school_id, at=at))
    session.flush()


def told_on(session: Session, school_id: UUID, day: date) -> set[tuple[UUID, HalfDay]]:
    """Class or school, and the half-day."""
    rows = session.execute(
        select(RollReport.of_id, RollReport.half).where(RollReport.school_id == school_id, RollReport.day == day)
    )
    return {(of_id, HalfDay(half)) for of_id, half in rows}


def tell_once(
    session: Session, school_id: UUID, day: date, of: Iterable[tuple[UUID, HalfDay]], *, now: datetime
) -> set[tuple[UUID, HalfDay]]:
    """Those that nobody has told yet: of two workers one gets each. What is old is forgotten."""
    rows = [
        {"of_id": of_id, "day": day, "half": half.value, "school_id": school_id, "told_at": now}
        for of_id, half in sorted(of)
    ]
    if not rows:
        return set()
    session.execute(delete(RollReport).where(RollReport.school_id == school_id, RollReport.day < day - KEPT))
    new = {(of_id, half) for of_id, _, half in insert_new(session, RollReport, rows)}
    return {(row_of, half) for row_of, half in of if (row_of, half.value) in new}
