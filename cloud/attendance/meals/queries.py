"""All SQL of meals."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.meals.rules import Excuse, Portions
from cloud.attendance.meals.tables import MealCount, MealExcuse, MealPolicy, MealRegistration
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


def cut_off(session: Session, school_id: UUID) -> time | None:
    return session.scalar(select(MealPolicy.cut_off).where(MealPolicy.school_id == school_id))


def set_cut_off(session: Session, school_id: UUID, at: time) -> None:
    session.merge(MealPolicy(school_id=school_id, cut_off=at))
    session.flush()


def register(session: Session, student_id: UUID, first_day: date, last_day: date | None = None) -> None:
    session.merge(MealRegistration(student_id=student_id, first_day=first_day, last_day=last_day))
    session.flush()


def registered(session: Session, school_id: UUID, day: date) -> set[UUID]:
    rows = session.scalars(
        select(MealRegistration.student_id)
        .join(Student, Student.id == MealRegistration.student_id)
        .where(
            Student.school_id == school_id,
            MealRegistration.first_day <= day,
            or_(MealRegistration.last_day.is_(None), MealRegistration.last_day >= day),
        )
    )
    return set(rows)


def counts(session: Session, school_id: UUID, day: date) -> tuple[Portions, ...]:
    """The locked counts by class; empty before they are locked."""
    rows = session.execute(
        select(MealCount.class_id, MealCount.portions, MealCount.in_doubt)
        .join(SchoolClass, SchoolClass.id == MealCount.class_id)
        .where(SchoolClass.school_id == school_id, MealCount.day == day)
        .order_by(MealCount.class_id)
    )
    return tuple(Portions(*row) for row in rows)


def lock(session: Session, day: date, portions: Iterable[Portions], now: datetime) -> None:
    session.add_all(
        MealCount(class_id=one.class_id, day=day, portions=one.portions, in_doubt=one.in_doubt, locked_at=now)
        for one in portions
    )
    session.flush()


def excuses(session: Session, school_id: UUID, day: date) -> dict[UUID, Excuse]:
    rows = session.execute(
        select(MealExcuse.student_id, MealExcuse.noticed_at, MealExcuse.before_cut_off)
        .join(Student, Student.id == MealExcuse.student_id)
        .where(Student.school_id == school_id, MealExcuse.day == day)
    )
    return {row[0]: Excuse(*row) for row in rows}


def add_excuse(session: Session, day: date, excuse: Excuse) -> None:
    session.add(
        MealExcuse(
            student_id=excuse.student_id, day=day, noticed_at=excuse.noticed_at, before_cut_off=excuse.before_cut_off
        )
    )
    session.flush()


def remove_excuse(session: Session, student_id: UUID, day: date) -> None:
    session.execute(delete(MealExcuse).where(MealExcuse.student_id == student_id, MealExcuse.day == day))
