"""All SQL of the nightly check and of warnings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cloud.attendance.register.facts import Presence
from cloud.attendance.register.tables import AbsenceWarning, RegisterCheck, RegisterEntry, RegisterFinding
from cloud.attendance.tables import Presence as PresenceRow
from cloud.kit.db import insert
from cloud.kit.ids import new_id
from cloud.people.tables import Student
from cloud.school.calendar.facts import Span
from cloud.school.tables import School


@dataclass(frozen=True, slots=True)
class Finding:
    """`kept` and `follows` as `checking.in_short` writes them; `half` is empty where it is of the whole day."""

    student_id: UUID
    day: date
    half: str
    kind: str
    kept: str
    follows: str
    settled: bool
    id: UUID | None = None
    class_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Check:
    day: date
    checked_at: datetime
    half_days: int
    found: int


def add(session: Session, school_id: UUID, findings: Collection[Finding], now: datetime) -> None:
    """What was found before stays as it is."""
    for one in findings:
        row = insert(session, RegisterFinding).values(
            id=new_id(),
            school_id=school_id,
            student_id=one.student_id,
            day=one.day,
            half=one.half,
            kind=one.kind,
            kept=one.kept,
            follows=one.follows,
            found_at=now,
            settled_at=now if one.settled else None,
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["student_id", "day", "half", "kind"]))


def note_check(session: Session, school_id: UUID, day: date, *, half_days: int, found: int, now: datetime) -> None:
    """A day that is checked again keeps what was found the first time."""
    before = session.get(RegisterCheck, (school_id, day))
    session.merge(
        RegisterCheck(
            school_id=school_id,
            day=day,
            checked_at=now,
            half_days=half_days,
            found=found + (before.found if before else 0),
        )
    )
    session.flush()


def take_unchecked(session: Session, day: date, *, but: Collection[UUID]) -> UUID | None:
    """A school of which that day was not checked yet, and which no other worker is checking now."""
    checked = select(RegisterCheck.school_id).where(RegisterCheck.day == day)
    free = select(School.id).where(School.id.not_in([*but]), School.id.not_in(checked)).order_by(School.id).limit(1)
    # `key_share`: whoever writes a row that refers to the school does not wait.
    return session.scalar(free.with_for_update(key_share=True, skip_locked=True))


def unchecked_days(session: Session, school_id: UUID, last: date, *, at_most: int) -> list[date]:
    """From the last one that was checked to `last`; that one alone of a school that has just begun."""
    before = session.scalar(
        select(func.max(RegisterCheck.day)).where(RegisterCheck.school_id == school_id, RegisterCheck.day < last)
    )
    missed = min((last - before).days, at_most) if before else 1
    return [last - timedelta(days=back) for back in reversed(range(missed))]


def checks(session: Session, school_id: UUID, limit: int) -> list[Check]:
    """The latest day first."""
    rows = session.scalars(
        select(RegisterCheck)
        .where(RegisterCheck.school_id == school_id)
        .order_by(RegisterCheck.day.desc())
        .limit(limit)
    )
    return [Check(row.day, row.checked_at, row.half_days, row.found) for row in rows]


def findings(session: Session, school_id: UUID, since: date) -> list[Finding]:
    """What is open, of any day, and what was mended since then; the latest day first."""
    rows = session.execute(
        select(RegisterFinding, Student.class_id)
        .join(Student, Student.id == RegisterFinding.student_id)
        .where(
            RegisterFinding.school_id == school_id,
            RegisterFinding.settled_at.is_(None) | (RegisterFinding.day >= since),
        )
        .order_by(RegisterFinding.day.desc(), RegisterFinding.id)
    )
    return [
        Finding(
            row.student_id, row.day, row.half, row.kind, row.kept, row.follows, row.settled_at is not None, row.id,
            class_id,
        )
        for row, class_id in rows
    ]  # fmt: skip


def settle(session: Session, school_id: UUID, finding_id: UUID, by: UUID, now: datetime) -> UUID | None:
    """Returns whose it was."""
    return session.scalar(
        update(RegisterFinding)
        .where(
            RegisterFinding.id == finding_id,
            RegisterFinding.school_id == school_id,
            RegisterFinding.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=by)
        .returning(RegisterFinding.student_id)
        .execution_options(synchronize_session=False)
    )


def settle_decided(session: Session, school_id: UUID, now: datetime) -> None:
    """Doubts that are none any more, because something came in or a person decided."""
    still = (
        select(RegisterEntry.student_id)
        .where(
            RegisterEntry.student_id == RegisterFinding.student_id,
            RegisterEntry.day == RegisterFinding.day,
            RegisterEntry.half == RegisterFinding.half,
            RegisterEntry.presence == Presence.ASK,
        )
        .exists()
    )
    session.execute(
        update(RegisterFinding)
        .where(
            RegisterFinding.school_id == school_id,
            RegisterFinding.kind == "in_doubt",
            RegisterFinding.settled_at.is_(None),
            ~still,
        )
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )


def pupils_with_a_day(session: Session, school_id: UUID, day: date) -> set[UUID]:
    rows = session.scalars(
        select(PresenceRow.student_id).where(PresenceRow.school_id == school_id, PresenceRow.day == day)
    )
    return set(rows)


def days_absent(session: Session, school_id: UUID, span: Span, *, at_least: int) -> dict[UUID, int]:
    """School days with at least one half-day absent, of the pupils with so many."""
    days = func.count(RegisterEntry.day.distinct())
    rows = session.execute(
        select(RegisterEntry.student_id, days)
        .where(
            RegisterEntry.school_id == school_id,
            RegisterEntry.day.between(span.first, span.last),
            RegisterEntry.presence == Presence.ABSENT,
        )
        .group_by(RegisterEntry.student_id)
        .having(days >= at_least)
    )
    return dict(rows.all())


def warned(session: Session, school_id: UUID, year_from: date) -> set[tuple[UUID, int]]:
    rows = session.execute(
        select(AbsenceWarning.student_id, AbsenceWarning.warn_at).where(
            AbsenceWarning.school_id == school_id, AbsenceWarning.year_from == year_from
        )
    )
    return {(student_id, at) for student_id, at in rows}


def add_warnings(
    session: Session, school_id: UUID, year_from: date, reached: Collection[tuple[UUID, int]], now: datetime
) -> None:
    session.add_all(
        AbsenceWarning(student_id=student_id, year_from=year_from, warn_at=at, school_id=school_id, reached_at=now)
        for student_id, at in reached
    )
    session.flush()
