"""Who is in which class on which day: pupils come, change class, leave and return, and the past stays readable."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from cloud.kit import outbox
from cloud.kit.db import among
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked, phrase, whole_date
from cloud.people.events import LEFT, Left
from cloud.people.tables import Student, StudentStep
from cloud.school.calendar.facts import ClassRef
from cloud.school.tables import SchoolClass

TAKEN_BACK_WITHIN = timedelta(days=7)
"""After that registers, meals and reports stand on it: a mistake is mended by a further step."""


@dataclass(frozen=True, slots=True)
class Step:
    """A pupil came (`from_class` None), changed class, or left (`to_class` None)."""

    id: UUID
    day: date
    from_class: str | None
    to_class: str | None
    reason: str
    other_school: str | None
    at: datetime
    taken_back: bool
    undoes: bool
    """Takes the one before it back."""

    def may_be_taken_back(self, now: datetime) -> bool:
        """Of the latest step."""
        return not self.undoes and now - self.at <= TAKEN_BACK_WITHIN


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
        pupils = pupils.where(among(session, Student.id, student_ids))
        later = later.where(among(session, StudentStep.student_id, student_ids))
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


def steps_of(session: Session, student_id: UUID) -> list[Step]:
    """The latest first."""
    before, after = aliased(SchoolClass), aliased(SchoolClass)
    rows = session.execute(
        select(StudentStep, before.name, after.name)
        .outerjoin(before, before.id == StudentStep.from_class_id)
        .outerjoin(after, after.id == StudentStep.to_class_id)
        .where(StudentStep.student_id == student_id)
        .order_by(*_LATEST_FIRST)
    ).all()
    undone = {row.undoes for row, _, _ in rows if row.undoes}
    return [
        Step(
            id=row.id, day=row.day, from_class=from_class, to_class=to_class, reason=row.reason,
            other_school=row.other_school, at=row.at, taken_back=row.id in undone, undoes=row.undoes is not None,
        )
        for row, from_class, to_class in rows
    ]  # fmt: skip


def enter(
    session: Session,
    student: Student,
    day: date,
    reason: str,
    *,
    by: UUID | None,
    now: datetime,
    other_school: str | None = None,
) -> None:
    """For a pupil who has just been added; `other_school` is where one who was transferred comes from."""
    _add(session, student.id, day, None, student.class_id, reason, by, now, other_school=other_school)


def enter_all(
    session: Session, students: Sequence[Student], day: date, reason: str, *, by: UUID | None, now: datetime
) -> None:
    """For many who have just been added."""
    session.add_all(
        StudentStep(
            student_id=one.id, day=day, from_class_id=None, to_class_id=one.class_id, reason=reason, by=by, at=now
        )
        for one in students
    )
    session.flush()


def move(
    session: Session, student: Student, class_id: UUID, day: date, reason: str, *, by: UUID | None, now: datetime
) -> None:
    """To another class of the same school, from `day` on. Raises Conflict or Invalid."""
    _check_class(session, student, class_id)
    if student.left_on is not None or student.class_id == class_id:
        raise Conflict(marked("The pupil has left the school, or is in that class already."))
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, student.class_id, class_id, reason, by, now)
    _put_into(session, student, class_id)


def leave(
    session: Session,
    student: Student,
    day: date,
    reason: str,
    *,
    by: UUID | None,
    now: datetime,
    other_school: str | None = None,
) -> None:
    """Transferred, moved away, finished: `day` is the first one without the pupil. Raises Conflict."""
    if student.left_on is not None:
        raise Conflict(phrase(marked("The pupil has left already, on %(day)s."), day=whole_date(student.left_on)))
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, student.class_id, None, reason, by, now, other_school=other_school)
    _let_go(session, student, day, now)


def come_back(
    session: Session,
    student: Student,
    class_id: UUID,
    day: date,
    reason: str,
    *,
    by: UUID | None,
    now: datetime,
    other_school: str | None = None,
) -> None:
    """Raises Conflict for a pupil who has not left."""
    _check_class(session, student, class_id)
    if student.left_on is None:
        raise Conflict(marked("The pupil has not left."))
    _after_the_last(session, student.id, day)
    _add(session, student.id, day, None, class_id, reason, by, now, other_school=other_school)
    _put_into(session, student, class_id)


def take_back(
    session: Session,
    student: Student,
    step_id: UUID,
    reason: str,
    *,
    by: UUID,
    now: datetime,
    within: timedelta = TAKEN_BACK_WITHIN,
) -> None:
    """The latest step, by one to the opposite on the same day: every day then reads as before it. Raises Conflict."""
    last = session.scalars(
        select(StudentStep).where(StudentStep.student_id == student.id).order_by(*_LATEST_FIRST).limit(1)
    ).one_or_none()
    if last is None or last.id != step_id or last.undoes is not None or now - last.at > within:
        raise Conflict(
            phrase(
                marked("Only the latest step can be taken back, within %(days)s days. Read the page again."),
                days=within.days,
            )
        )
    _add(
        session, student.id, last.day, last.to_class_id, last.from_class_id, reason, by, now, undoes=last.id
    )  # fmt: skip
    if last.from_class_id is None:
        _let_go(session, student, last.day, now)
    else:
        _put_into(session, student, last.from_class_id)


_LATEST_FIRST = (StudentStep.day.desc(), StudentStep.at.desc(), StudentStep.id.desc())


def _check_class(session: Session, student: Student, class_id: UUID) -> None:
    if session.scalar(select(SchoolClass.school_id).where(SchoolClass.id == class_id)) != student.school_id:
        raise Invalid(marked("The class is not one of this school's."))


def _put_into(session: Session, student: Student, class_id: UUID) -> None:
    student.class_id, student.left_on = class_id, None
    session.flush()


def _let_go(session: Session, student: Student, day: date, now: datetime) -> None:
    student.left_on = day
    session.flush()
    outbox.put(session, LEFT, Left(school_id=student.school_id, student_id=student.id), now=now)


def _after_the_last(session: Session, student_id: UUID, day: date) -> None:
    """History is written forward: a step before the last one would rewrite what registers were kept by."""
    last = session.scalar(
        select(StudentStep.day).where(StudentStep.student_id == student_id).order_by(StudentStep.day.desc()).limit(1)
    )
    if last is not None and day < last:
        raise Conflict(
            phrase(
                marked("The pupil's last step was on %(day)s; the next one cannot be before it."), day=whole_date(last)
            )
        )


def _add(
    session: Session,
    student_id: UUID,
    day: date,
    from_class_id: UUID | None,
    to_class_id: UUID | None,
    reason: str,
    by: UUID | None,
    now: datetime,
    *,
    other_school: str | None = None,
    undoes: UUID | None = None,
) -> None:
    session.add(
        StudentStep(
            student_id=student_id,
            day=day,
            from_class_id=from_class_id,
            to_class_id=to_class_id,
            reason=reason,
            other_school=other_school,
            undoes=undoes,
            by=by,
            at=now,
        )
    )
    session.flush()
