"""What the register says in the end, against the truth."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from cloud.attendance.register import entry_queries, keeping
from cloud.attendance.register.events import ABSENT_WITHOUT_NOTICE, AbsentWithoutNotice
from cloud.attendance.timesheets import queries as timesheets
from cloud.attendance.timesheets.rules import DayKind, month_of
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.school.calendar.facts import HalfDay
from scripts.school_day_parts.school import DAY, OurSchool
from scripts.school_day_parts.script import GONE, PERMITTED, HalfDayTruth, PupilsDay, Seen

PASSAGE = timedelta(seconds=60)


def wrong(database: Database, school: OurSchool, truth: Mapping[UUID, PupilsDay]) -> list[str]:
    """Every half-day of every pupil that the register has otherwise than it was."""
    with database.reading() as session:
        entries = entry_queries.entries_of_school(session, school.id, DAY)
    complaints: list[str] = []
    for pupil, day in truth.items():
        for half, expected in ((HalfDay.MORNING, day.morning), (HalfDay.AFTERNOON, day.afternoon)):
            entry = entries.get((pupil, half))
            said = entry and HalfDayTruth(
                entry.status.presence, entry.status.late_minutes, entry.status.left_early_minutes,
                entry.status.permission,
            )  # fmt: skip
            if said != expected:
                rule = entry.status.reasons[0].rule if entry else "no entry"
                complaints.append(f"{half}, {day.kind}: {said} ({rule}), and it was {expected}")
    return complaints


def told_wrongly(database: Database, truth: Mapping[UUID, PupilsDay], step: timedelta) -> int:
    """Absences without notice told of somebody who had come by then, had leave, or may have been seen. Whoever
    comes after that is late, and their parents hear a correction. The day goes in steps: what was seen within one is
    recorded at its end."""
    with database.reading() as session:
        rows = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == ABSENT_WITHOUT_NOTICE))
        events = [AbsentWithoutNotice.model_validate_json(row) for row in rows]
    count = 0
    for event in events:
        day = truth[event.student_id]
        half = day.morning if event.half is HalfDay.MORNING else day.afternoon
        came_before = any(seen.at + step <= event.noticed_at for seen in day.seen)
        count += half != GONE and (came_before or half.permission is PERMITTED)
    return count


def disagreements(database: Database, school: OurSchool, now: datetime) -> int:
    with database.reading() as session:
        return len(keeping.check(session, school.id, DAY, now=now))


def staff_wrong(database: Database, school: OurSchool, truth: Mapping[UUID, tuple[Seen, Seen]]) -> int:
    with database.reading() as session:
        seen = timesheets.seen(session, school.id, list(truth), DAY, DAY)
    count = 0
    for person, (came, left) in truth.items():
        month = month_of(DAY.replace(day=1), seen.get(person, ()), (), PASSAGE)
        day = month.days[DAY.day - 1]
        count += (day.kind, day.came_at, day.left_at) != (DayKind.WORKED, came.at, left.at)
    return count


def last_heard(database: Database) -> datetime | None:
    """When the unit that has been silent longest was heard; None when one never was."""
    with database.reading() as session:
        beats = list(session.scalars(select(Device.heartbeat_at)))
    return min((beat for beat in beats if beat), default=None) if all(beats) else None
