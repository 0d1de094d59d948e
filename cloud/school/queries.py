"""All SQL of schools and classes that is not about who may see them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.school.tables import School


def school_ids(session: Session) -> list[UUID]:
    return list(session.scalars(select(School.id).order_by(School.id)))


def school_by_slug(session: Session, slug: str) -> UUID | None:
    return session.scalar(select(School.id).where(School.slug == slug))
