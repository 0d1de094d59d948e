"""All SQL of the day's count: as it stands, as it was locked, and what became of the kitchen's sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.attendance.meals.rules import Diner, Portions
from cloud.attendance.meals.tables import MealCount, MealPortion, MealRegistration, MealSheet
from cloud.attendance.register.facts import Presence as Status
from cloud.attendance.register.tables import RegisterEntry
from cloud.attendance.tables import Presence
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import SchoolClass

LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class's day: who is registered, and how many of them are counted so far, or were at the cut-off."""

    class_id: UUID
    class_name: str
    grade: int
    registered: int
    portions: int
    in_doubt: int


@dataclass(frozen=True, slots=True)
class DietLine:
    """So many of a class eat something else."""

    class_name: str
    diet: str
    portions: int


@dataclass(frozen=True, slots=True)
class SheetState:
    day: date
    locked_at: datetime
    email: str
    sent_at: datetime | None
    failure: str
    received_at: datetime | None
    received_by: UUID | None


@dataclass(frozen=True, slots=True)
class DueSheet:
    school_id: UUID
    day: date
    email: str
    attempts: int


def counts(session: Session, school_id: UUID, day: date) -> tuple[Portions, ...]:
    """The locked counts by class; empty before they are locked."""
    rows = session.execute(
        select(MealCount.class_id, MealCount.portions, MealCount.in_doubt)
        .join(SchoolClass, SchoolClass.id == MealCount.class_id)
        .where(SchoolClass.school_id == school_id, MealCount.day == day)
        .order_by(MealCount.class_id)
    )
    return tuple(Portions(*row) for row in rows)


def lock(
    session: Session,
    school_id: UUID,
    day: date,
    portions: Iterable[Portions],
    diners: Iterable[Diner],
    *,
    email: str,
    now: datetime,
) -> None:
    session.add_all(
        MealCount(class_id=one.class_id, day=day, portions=one.portions, in_doubt=one.in_doubt, locked_at=now)
        for one in portions
    )
    session.add_all(
        MealPortion(student_id=one.student_id, day=day, class_id=one.class_id, diet=one.diet, in_doubt=one.in_doubt)
        for one in diners
        if one.in_doubt or one.presence is Status.PRESENT
    )
    session.add(MealSheet(school_id=school_id, day=day, locked_at=now, email=email, due_at=now if email else None))
    session.flush()


def locked_lines(session: Session, school_id: UUID, day: date) -> tuple[ClassLine, ...]:
    """Registered are those whose registration covers the day now, which may have changed since."""
    own = (
        select(Student.class_id, func.count().label("pupils"))
        .join(MealRegistration, MealRegistration.student_id == Student.id)
        .where(Student.school_id == school_id, *_eats(day))
        .group_by(Student.class_id)
        .subquery()
    )
    rows = session.execute(
        select(
            SchoolClass.id, SchoolClass.name, SchoolClass.grade, func.coalesce(own.c.pupils, 0), MealCount.portions,
            MealCount.in_doubt,
        )
        .join(MealCount, and_(MealCount.class_id == SchoolClass.id, MealCount.day == day))
        .outerjoin(own, own.c.class_id == SchoolClass.id)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )  # fmt: skip
    return tuple(ClassLine(*row) for row in rows)


def live_lines(session: Session, school_id: UUID, day: date) -> tuple[ClassLine, ...]:
    """As it stands: who came by a person's word or by a unit's, from what the register and the gate have so far.

    At the cut-off all is computed anew; this only has to be right within the minute, and cheap for an open page.
    """
    came = case(
        (RegisterEntry.by_person.is_(True), RegisterEntry.presence == Status.PRESENT),
        else_=or_(Presence.first_in_at.is_not(None), RegisterEntry.presence == Status.PRESENT),
    )
    absent = RegisterEntry.presence == Status.ABSENT
    own = (
        select(Student.class_id, func.count().label("registered"),
               func.sum(case((came, 1), else_=0)).label("portions"),
               func.sum(case((came, 0), (absent, 0), else_=1)).label("in_doubt"))
        .select_from(Student)
        .join(MealRegistration, MealRegistration.student_id == Student.id)
        .outerjoin(Presence, and_(Presence.student_id == Student.id, Presence.day == day))
        .outerjoin(RegisterEntry, and_(RegisterEntry.student_id == Student.id, RegisterEntry.day == day,
                                       RegisterEntry.half == HalfDay.MORNING))
        .where(Student.school_id == school_id, *_eats(day))
        .group_by(Student.class_id)
        .subquery()
    )  # fmt: skip
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name, SchoolClass.grade, own.c.registered, own.c.portions, own.c.in_doubt)
        .join(own, own.c.class_id == SchoolClass.id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return tuple(ClassLine(row[0], row[1], row[2], *(int(one or 0) for one in row[3:])) for row in rows)


def diet_lines(session: Session, school_id: UUID, day: date) -> tuple[DietLine, ...]:
    """Of the locked count: who eats something else, by class."""
    rows = session.execute(
        select(SchoolClass.name, MealPortion.diet, func.count(), SchoolClass.grade)
        .join(SchoolClass, SchoolClass.id == MealPortion.class_id)
        .where(
            SchoolClass.school_id == school_id,
            MealPortion.day == day,
            MealPortion.diet != "",
            MealPortion.in_doubt.is_(False),
            MealPortion.supplement.is_(None),
        )
        .group_by(SchoolClass.grade, SchoolClass.name, MealPortion.diet)
        .order_by(SchoolClass.grade, SchoolClass.name, MealPortion.diet)
    )
    return tuple(DietLine(name, diet, count) for name, diet, count, _ in rows)


def eaten(session: Session, school_id: UUID, first: date, last: date) -> dict[UUID, int]:
    """For how many days each pupil was counted."""
    rows = session.execute(
        select(MealPortion.student_id, func.count())
        .join(Student, Student.id == MealPortion.student_id)
        .where(Student.school_id == school_id, MealPortion.day.between(first, last), _is_portion())
        .group_by(MealPortion.student_id)
    )
    return dict(rows.all())


def eaten_days(session: Session, student_id: UUID, first: date, last: date) -> set[date]:
    rows = session.scalars(
        select(MealPortion.day).where(
            MealPortion.student_id == student_id,
            MealPortion.day.between(first, last),
            _is_portion(),
        )
    )
    return set(rows)


def sheet_state(session: Session, school_id: UUID, day: date) -> SheetState | None:
    row = session.get(MealSheet, (school_id, day))
    return _state(row) if row else None


def latest_sheets(session: Session, school_id: UUID, limit: int) -> list[SheetState]:
    rows = session.scalars(
        select(MealSheet).where(MealSheet.school_id == school_id).order_by(MealSheet.day.desc()).limit(limit)
    )
    return [_state(row) for row in rows]


def mark_received(session: Session, school_id: UUID, day: date, by: UUID | None, now: datetime) -> bool:
    """The first time counts. False where there is no sheet, or it was received before."""
    changed = session.scalar(
        update(MealSheet)
        .where(MealSheet.school_id == school_id, MealSheet.day == day, MealSheet.received_at.is_(None))
        .values(received_at=now, received_by=by)
        .returning(MealSheet.day)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def claim_due(session: Session, now: datetime) -> list[DueSheet]:
    """Lease the sheets that are to be sent; no two workers get the same one."""
    due = select(MealSheet.school_id, MealSheet.day).where(MealSheet.due_at <= now).with_for_update(skip_locked=True)
    found = []
    for school_id, day in session.execute(due).all():
        row = session.scalar(
            update(MealSheet)
            .where(MealSheet.school_id == school_id, MealSheet.day == day, MealSheet.due_at <= now)
            .values(due_at=now + LEASE, attempts=MealSheet.attempts + 1)
            .returning(MealSheet.attempts)
            .execution_options(synchronize_session=False)
        )
        if row is not None:
            email = session.scalars(
                select(MealSheet.email).where(MealSheet.school_id == school_id, MealSheet.day == day)
            ).one()
            found.append(DueSheet(school_id, day, email, row))
    return found


def mark_sent(session: Session, due: DueSheet, now: datetime) -> None:
    session.execute(_held(due).values(due_at=None, sent_at=now, failure=""))


def mark_failed(session: Session, due: DueSheet, failure: str, again: datetime | None) -> None:
    session.execute(_held(due).values(due_at=again, failure=failure[:300]))


def send_again(session: Session, school_id: UUID, day: date, email: str, now: datetime) -> None:
    """To an address that may be another one by now."""
    session.execute(
        update(MealSheet)
        .where(MealSheet.school_id == school_id, MealSheet.day == day)
        .values(due_at=now, email=email, attempts=0, failure="")
        .execution_options(synchronize_session=False)
    )


def _is_portion() -> ColumnElement[bool]:
    """Counted at the cut-off, or added since."""
    return MealPortion.in_doubt.is_(False) | MealPortion.supplement.is_not(None)


def _eats(day: date) -> tuple[ColumnElement[bool], ...]:
    """The condition on Student and MealRegistration: is with the school, and eats there on that day."""
    return (
        or_(Student.left_on.is_(None), Student.left_on > day),
        MealRegistration.first_day <= day,
        or_(MealRegistration.last_day.is_(None), MealRegistration.last_day >= day),
        MealRegistration.weekdays.bitwise_and(1 << day.weekday()) != 0,
    )


def _held(due: DueSheet) -> Update:
    """Only as long as nobody has claimed it after us."""
    return (
        update(MealSheet)
        .where(MealSheet.school_id == due.school_id, MealSheet.day == due.day, MealSheet.attempts == due.attempts)
        .execution_options(synchronize_session=False)
    )


def _state(row: MealSheet) -> SheetState:
    return SheetState(
        row.day, row.locked_at, row.email, row.sent_at, row.failure, row.received_at, row.received_by,
    )  # fmt: skip
