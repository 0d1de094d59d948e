"""All SQL of schools and classes that is not about who may see them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.school.tables import School, SchoolClass


def school_by_slug(session: Session, slug: str) -> UUID | None:
    return session.scalar(select(School.id).where(School.slug == slug))


def class_by_name(session: Session, school_id: UUID, name: str) -> UUID | None:
    return session.scalar(select(SchoolClass.id).where(SchoolClass.school_id == school_id, SchoolClass.name == name))


def add_school(session: Session, slug: str, name: str, level: str) -> UUID:
    row = School(slug=slug, name=name, level=level)
    session.add(row)
    session.flush()
    return row.id


def schools(session: Session) -> list[tuple[str, str, str]]:
    """Slug, level and name of each, by slug."""
    return [
        (slug, level, name)
        for slug, level, name in session.execute(select(School.slug, School.level, School.name).order_by(School.slug))
    ]


def add_class(session: Session, school_id: UUID, name: str, grade: int) -> UUID:
    row = SchoolClass(school_id=school_id, name=name, grade=grade)
    session.add(row)
    session.flush()
    return row.id


def change_class(session: Session, school_id: UUID, class_id: UUID, name: str, grade: int) -> None:
    """Of a class that is known to be the school's."""
    row = session.scalars(
        select(SchoolClass).where(SchoolClass.id == class_id, SchoolClass.school_id == school_id)
    ).one()
    row.name, row.grade = name, grade
    session.flush()


def school_names(session: Session, school_id: UUID) -> tuple[str, str]:
    """As people call it, and as addresses do."""
    row = session.execute(select(School.name, School.slug).where(School.id == school_id)).one()
    return row[0], row[1]
