"""All SQL of a new school year's beginning."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.people.tables import Student, StudentStep
from cloud.school.tables import School
from cloud.setup.rollover import Pupil


def pupils(session: Session, school_id: UUID) -> list[Pupil]:
    """Everybody who is with the school, in the order of their class lists."""
    last = (
        select(StudentStep.student_id, func.max(StudentStep.day).label("day"))
        .group_by(StudentStep.student_id)
        .subquery()
    )
    rows = session.execute(
        select(Student.id, Student.code, Student.full_name, Student.class_id, last.c.day)
        .outerjoin(last, last.c.student_id == Student.id)
        .where(Student.school_id == school_id, Student.left_on.is_(None))
        .order_by(Student.class_id, Student.code)
    )
    return [Pupil(*row) for row in rows]


def students(session: Session, school_id: UUID) -> dict[UUID, Student]:
    return {one.id: one for one in session.scalars(select(Student).where(Student.school_id == school_id))}


def was_done(session: Session, school_id: UUID, reason: str) -> bool:
    """Whether anybody has gone up for this reason."""
    steps = select(StudentStep.id).join(Student, Student.id == StudentStep.student_id)
    return (
        session.scalar(steps.where(Student.school_id == school_id, StudentStep.reason == reason).limit(1)) is not None
    )


def level_of(session: Session, school_id: UUID) -> str:
    return session.scalars(select(School.level).where(School.id == school_id)).one()
