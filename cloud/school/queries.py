"""All SQL of schools and classes that is not about who may see them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.school.tables import School, SchoolClass


def school_ids(session: Session) -> list[UUID]:
    return list(session.scalars(select(School.id).order_by(School.id)))


def school_by_slug(session: Session, slug: str) -> UUID | None:
    return session.scalar(select(School.id).where(School.slug == slug))


def class_by_name(session: Session, school_id: UUID, name: str) -> UUID | None:
    return session.scalar(select(SchoolClass.id).where(SchoolClass.school_id == school_id, SchoolClass.name == name))
