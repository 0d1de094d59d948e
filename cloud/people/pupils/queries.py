"""All SQL of pupils' pages. Whoever calls has asked `people/access.py` first, or hands in the actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.people.access import visible_to
from cloud.people.exchange.formats import Field
from cloud.people.names import search_form
from cloud.people.search_queries import has_code, keeps_record
from cloud.people.tables import Student, StudentRecord
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil in a list."""

    id: UUID
    full_name: str
    birth_date: date | None
    """None also for whoever does not see it of this pupil."""
    class_name: str
    grade: int
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the school knows of a pupil itself."""

    id: UUID
    school_id: UUID
    code: str
    full_name: str
    birth_date: date | None
    personal_id: str | None
    class_id: UUID
    class_name: str
    grade: int
    left_on: date | None


def find(
    session: Session, actor: Actor, school_id: UUID, *, typed: str, class_id: UUID | None, gone: bool
) -> list[Line]:
    """By class, then as class lists have it: by given name. `typed` are words of the name, without diacritics if need
    be, or the whole of an id; `gone` finds those who left instead of those who are there."""
    words = search_form(typed).split()
    by_name = and_(*(Student.search_name.contains(word, autoescape=True) for word in words)) if words else None
    statement = (
        select(
            Student.id, Student.full_name, case((visible_to(actor, Right.SEE_PARTICULARS), Student.birth_date)),
            SchoolClass.name, SchoolClass.grade, Student.left_on, Student.search_name,
        )
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(visible_to(actor), Student.school_id == school_id)
        .where(Student.left_on.is_not(None) if gone else Student.left_on.is_(None))
    )  # fmt: skip
    if by_name is not None:
        whole = typed.strip()
        # To nobody else is it told whose number that is.
        by_id = or_(has_code(actor, whole), and_(Student.personal_id == whole, keeps_record(actor)))
        statement = statement.where(or_(by_name, by_id))
    if class_id is not None:
        statement = statement.where(Student.class_id == class_id)
    rows = session.execute(statement).all()
    rows = sorted(rows, key=lambda row: (row[4], row[3], row[6].rsplit(" ", 1)[-1], row[6], row[0]))
    return [Line(*row[:6]) for row in rows]


def facts(session: Session, student_id: UUID) -> Facts:
    row, class_name, grade = session.execute(
        select(Student, SchoolClass.name, SchoolClass.grade)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.id == student_id)
    ).one()
    return Facts(
        id=row.id, school_id=row.school_id, code=row.code, full_name=row.full_name, birth_date=row.birth_date,
        personal_id=row.personal_id, class_id=row.class_id, class_name=class_name, grade=grade, left_on=row.left_on,
    )  # fmt: skip


def details(session: Session, student_id: UUID) -> dict[Field, str]:
    record = session.get(StudentRecord, student_id)
    kept = record.details if record else {}
    return {field: kept[field] for field in Field if kept.get(field)}


def set_details(session: Session, student_id: UUID, changed: dict[Field, str]) -> None:
    """Unlike an import, an empty text takes away what was there."""
    row = session.get(StudentRecord, student_id)
    if row is None:
        row = StudentRecord(student_id=student_id, details={})
        session.add(row)
    kept = {**row.details, **{field.value: text for field, text in changed.items()}}
    row.details = {key: text for key, text in kept.items() if text}
    session.flush()


def student(session: Session, student_id: UUID) -> Student:
    return session.get_one(Student, student_id)


def same_ids(
    session: Session, school_id: UUID, *, code: str, personal_id: str | None, besides: UUID | None = None
) -> Sequence[Student]:
    """Other pupils of the school, those who left among them, who have one of these ids."""
    same = Student.code == code
    if personal_id:
        same = or_(same, Student.personal_id == personal_id)
    statement = select(Student).where(Student.school_id == school_id, same).order_by(Student.id)
    return session.scalars(statement.where(Student.id != besides) if besides else statement).all()


def add(session: Session, row: Student) -> None:
    session.add(row)
    session.flush()


def classes(session: Session, school_id: UUID) -> list[tuple[UUID, str, int]]:
    """Id, name and grade, in the order of the school."""
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name, SchoolClass.grade)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [(class_id, name, grade) for class_id, name, grade in rows]
