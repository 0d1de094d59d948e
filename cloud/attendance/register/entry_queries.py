"""All SQL of the register's entries and their history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cloud.attendance.register.counting import Absence
from cloud.attendance.register.entries import REASONS, Entry
from cloud.attendance.register.facts import Permission, Presence, Status
from cloud.attendance.register.tables import RegisterChange, RegisterEntry
from cloud.attendance.tables import Presence as PresenceRow
from cloud.kit.db import among, insert, insert_rows
from cloud.kit.ids import new_id
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay, Span

NO_LESSONS = "no_lessons"
"""Written to the history when a half-day is taken out of the plan after it was entered."""


@dataclass(frozen=True, slots=True)
class Change:
    half: HalfDay
    presence: str
    late_minutes: int
    left_early_minutes: int
    permission: str | None
    because: str
    by: UUID | None
    at: datetime


def entries_of(session: Session, student_ids: Collection[UUID], day: date) -> dict[tuple[UUID, HalfDay], Entry]:
    rows = session.scalars(
        select(RegisterEntry).where(among(session, RegisterEntry.student_id, student_ids), RegisterEntry.day == day)
    )
    return {(row.student_id, HalfDay(row.half)): _entry(row) for row in rows}


def entries_of_school(session: Session, school_id: UUID, day: date) -> dict[tuple[UUID, HalfDay], Entry]:
    rows = session.scalars(select(RegisterEntry).where(RegisterEntry.school_id == school_id, RegisterEntry.day == day))
    return {(row.student_id, HalfDay(row.half)): _entry(row) for row in rows}


def untold_absences(session: Session, school_id: UUID, day: date) -> list[Entry]:
    """Absences that nobody is known to permit, of pupils of whom nothing was told that day."""
    of_the_day = (RegisterEntry.school_id == school_id, RegisterEntry.day == day)
    told = select(RegisterEntry.student_id).where(*of_the_day, RegisterEntry.told_at.is_not(None))
    rows = session.scalars(
        select(RegisterEntry).where(
            *of_the_day,
            RegisterEntry.presence == Presence.ABSENT,
            RegisterEntry.permission == Permission.NOT_PERMITTED,
            RegisterEntry.student_id.not_in(told),
        )
    )
    return [_entry(row) for row in rows]


def write(
    session: Session, school_id: UUID, day: date, entries: Sequence[Entry], *, by: UUID | None, now: datetime
) -> None:
    """Entries that say something new, each with its line of history."""
    if not entries:
        return
    values = [
        {
            "student_id": entry.student_id,
            "day": day,
            "half": entry.half,
            "school_id": school_id,
            "class_id": entry.class_id,
            "presence": entry.status.presence,
            "late_minutes": entry.status.late_minutes,
            "left_early_minutes": entry.status.left_early_minutes,
            "permission": entry.status.permission,
            "by_person": entry.status.by_person,
            "reasons": REASONS.dump_json(entry.status.reasons).decode(),
            "changed_at": now,
            "told_at": entry.told_at,
        }
        for entry in entries
    ]
    statement = insert(session, RegisterEntry)
    key = ("student_id", "day", "half")
    statement = statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in values[0] if name not in key}
    )
    insert_rows(session, statement, values)
    lines = [
        {
            "id": new_id(),
            "student_id": entry.student_id,
            "day": day,
            "half": entry.half,
            "presence": entry.status.presence,
            "late_minutes": entry.status.late_minutes,
            "left_early_minutes": entry.status.left_early_minutes,
            "permission": entry.status.permission,
            "because": entry.status.reasons[0].rule,
            "by": by,
            "at": now,
        }
        for entry in entries
    ]
    insert_rows(session, insert(session, RegisterChange), lines)


def take_out(session: Session, day: date, entries: Collection[Entry], *, by: UUID | None, now: datetime) -> None:
    """Half-days that are no longer planned, such as those of a class that turned out to be off."""
    for entry in entries:
        row = session.get(RegisterEntry, (entry.student_id, day, entry.half.value))
        session.delete(row)
        session.add(
            RegisterChange(
                student_id=entry.student_id,
                day=day,
                half=entry.half,
                presence=NO_LESSONS,
                late_minutes=0,
                left_early_minutes=0,
                permission=None,
                because=NO_LESSONS,
                by=by,
                at=now,
            )
        )
    session.flush()


def mark_told(session: Session, student_id: UUID, day: date, half: HalfDay, now: datetime) -> None:
    session.execute(
        update(RegisterEntry)
        .where(RegisterEntry.student_id == student_id, RegisterEntry.day == day, RegisterEntry.half == half)
        .values(told_at=now)
        .execution_options(synchronize_session=False)
    )


def not_entered(session: Session, school_id: UUID, day: date) -> list[UUID]:
    entered = select(RegisterEntry.student_id).where(RegisterEntry.school_id == school_id, RegisterEntry.day == day)
    with_the_school = or_(Student.left_on.is_(None), Student.left_on > day)
    return list(
        session.scalars(
            select(Student.id).where(Student.school_id == school_id, Student.id.not_in(entered), with_the_school)
        )
    )


def anything_known(session: Session, school_id: UUID, day: date) -> bool:
    """Whether somebody was seen or entered on that day."""
    entered = select(RegisterEntry.student_id).where(RegisterEntry.school_id == school_id, RegisterEntry.day == day)
    seen = select(PresenceRow.student_id).where(PresenceRow.school_id == school_id, PresenceRow.day == day)
    return any(session.scalar(one.limit(1)) is not None for one in (entered, seen))


def absences_of(session: Session, student_id: UUID, span: Span) -> list[Absence]:
    rows = session.execute(
        select(RegisterEntry.day, RegisterEntry.permission).where(
            RegisterEntry.student_id == student_id,
            RegisterEntry.day.between(span.first, span.last),
            RegisterEntry.presence == Presence.ABSENT,
        )
    )
    return [Absence(day, Permission(permission or Permission.NOT_PERMITTED)) for day, permission in rows]


def history(session: Session, student_id: UUID, day: date) -> list[Change]:
    """What the register has said of a pupil's day, first to last."""
    rows = session.scalars(
        select(RegisterChange)
        .where(RegisterChange.student_id == student_id, RegisterChange.day == day)
        .order_by(RegisterChange.at, RegisterChange.id)
    )
    return [
        Change(
            HalfDay(row.half), row.presence, row.late_minutes, row.left_early_minutes, row.permission, row.because,
            row.by, row.at,
        )
        for row in rows
    ]  # fmt: skip


def _entry(row: RegisterEntry) -> Entry:
    status = Status(
        presence=Presence(row.presence),
        reasons=REASONS.validate_json(row.reasons),
        late_minutes=row.late_minutes,
        left_early_minutes=row.left_early_minutes,
        permission=Permission(row.permission) if row.permission else None,
        by_person=row.by_person,
    )
    return Entry(row.student_id, row.class_id, HalfDay(row.half), status, row.told_at, row.changed_at)
