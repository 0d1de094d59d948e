"""All SQL of a new school year's beginning."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from cloud.accounts.tables import User
from cloud.people.tables import Student, StudentStep
from cloud.school.tables import School
from cloud.setup.rollover import Done, Pupil, Taken

RollTakenSince = Callable[[Session, UUID, datetime], bool]
"""Whether anybody has said of a pupil of a school whether they were there; from the roll's own room, which is above."""


def pupils(session: Session, school_id: UUID) -> list[Pupil]:
    """Everybody who is with the school, in the order of their class lists."""
    last = (
        select(StudentStep.student_id, func.max(StudentStep.day).label("day"))
        .where(StudentStep.undoes.is_(None), _not_taken_back())
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


def done(
    session: Session, school_id: UUID, reasons: Collection[str], *, roll_taken_since: RollTakenSince
) -> Done | None:
    """The roll-over whose steps have these reasons, unless it was taken back."""
    theirs = (
        select(StudentStep).join(Student, Student.id == StudentStep.student_id).where(Student.school_id == school_id)
    )
    kept = theirs.where(_not_taken_back())
    one = session.scalars(
        kept.where(StudentStep.reason.in_(reasons)).order_by(StudentStep.at.desc(), StudentStep.id).limit(1)
    ).first()
    if one is None:
        return None
    rows = session.scalars(
        kept.where(StudentStep.at == one.at, StudentStep.reason.in_(reasons)).order_by(StudentStep.id)
    ).all()
    since = session.scalar(select(func.count()).select_from(theirs.where(StudentStep.at > one.at).subquery())) or 0
    return Done(
        by=one.by,
        by_name=session.scalar(select(User.display_name).where(User.id == one.by)) or "?",
        at=one.at,
        steps=tuple(Taken(row.id, row.student_id, row.from_class_id, row.to_class_id) for row in rows),
        steps_since=since,
        roll_taken=roll_taken_since(session, school_id, one.at),
    )


def level_of(session: Session, school_id: UUID) -> str:
    return session.scalars(select(School.level).where(School.id == school_id)).one()


def _not_taken_back() -> ColumnElement[bool]:
    undo = aliased(StudentStep)
    return ~exists().where(undo.undoes == StudentStep.id)
