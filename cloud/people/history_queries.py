"""Who is in which class on which day: pupils come, change class, leave and return, and the past stays readable."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.kit.errors import Conflict, Invalid
from cloud.people.tables import Student, StudentStep
from cloud.school.calendar.facts import ClassRef
from cloud.school.tables import SchoolClass


def classes_on(
    session: Session, school_id: UUID, day: date, student_ids: Collection[UUID] | None = None
) -> dict[UUID, ClassRef]:
    """The class of each pupil who is with the school on `day`; everybody's when `student_ids` is None."""
    grades = dict(
        session.execute(select(SchoolClass.id, SchoolClass.grade).where(SchoolClass.school_id == school_id)).all()
    )
    pupils = select(Student.id, Student.class_id, Student.left_on).where(Student.school_id == school_id)
    later = (
        select(StudentStep.student_id, StudentStep.from_class_id)
        .join(Student, Student.id == StudentStep.student_id)
        .where(Student.school_id == school_id, StudentStep.day > day)
        .order_by(StudentStep.day, StudentStep.at, StudentStep.id)
    )
    if student_ids is not None:
        pupils = pupils.where(Student.id.in_(student_ids))
        later = later.where(StudentStep.student_id.in_(student_ids))
    before_next_step: dict[UUID, UUID | None] = {}
    for student_id, from_class_id in session.execute(later):
        before_next_step.setdefault(student_id, from_class_id)
    found: dict[UUID, ClassRef] = {}
    for student_id, class_id, left_on in session.execute(pupils):
        now_in = None if left_on is not None and left_on <= day else class_id
        then_in = before_next_step.get(student_id, now_in)
        if then_in is not None:
            found[student_id] = ClassRef(then_in, grades[then_in])
    return found


def enter(session: Session, student: Student, day: date, reason: str, *, by: UUID | None, now: datetime) -> None:
    """For a pupil who has just been added."""
    _add(session, student.id, day, None, student.class_id, reason, by, now)


def move(
    session: Session, student: Student, class_id: UUID, day: date, reason: str, *, by: UUID | None, now: datetime
) -> None:
    """To another class of the same school, from `day` on. Raises Conflict or Invalid."""
    if session.scalar(select(SchoolClass.school_id).where(SchoolClass.id == class_id)) != student.school_id:
        raise Invalid("The class is not one of this school's.")
    if student.left_on is not None or student.class_id == class_id:
        raise Conflict("The pupil has left the school, or is in that class already.")
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, student.class_id, class_id, reason, by, now)
    session.execute(update(Student).where(Student.id == student.id).values(class_id=class_id))
    student.class_id = class_id


def leave(session: Session, student: Student, day: date, reason: str, *, by: UUID | None, now: datetime) -> None:
    """Transferred, moved away, finished: `day` is the first one without the pupil. Raises Conflict."""
    if student.left_on is not None:
        raise Conflict(f"The pupil has left already, on {student.left_on:%d/%m/%Y}.")
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, student.class_id, None, reason, by, now)
    student.left_on = day
    session.flush()


def come_back(
    session: Session, student: Student, class_id: UUID, day: date, reason: str, *, by: UUID | None, now: datetime
) -> None:
    """Raises Conflict for a pupil who has not left."""
    if student.left_on is None:
        raise Conflict("The pupil has not left.")
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, None, class_id, reason, by, now)
    student.left_on, student.class_id = None, class_id
    session.flush()


def _after_the_last(session: Session, student_id: UUID, day: date) -> None:
    """History is written forward: a step before the last one would rewrite what registers were kept by."""
    last = session.scalar(
        select(StudentStep.day).where(StudentStep.student_id == student_id).order_by(StudentStep.day.desc()).limit(1)
    )
    if last is not None and day < last:
        raise Conflict(f"The pupil's last step was on {last:%d/%m/%Y}; the next one cannot be before it.")


def _add(
    session: Session,
    student_id: UUID,
    day: date,
    from_class_id: UUID | None,
    to_class_id: UUID | None,
    reason: str,
    by: UUID | None,
    now: datetime,
) -> None:
    session.add(
        StudentStep(
            student_id=student_id,
            day=day,
            from_class_id=from_class_id,
            to_class_id=to_class_id,
            reason=reason,
            by=by,
            at=now,
        )
    )
    session.flush()
