"""Pupils who look alike and are known to be two."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cloud.biometrics.tables import SiblingLink
from cloud.kit.db import insert
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked


def link(session: Session, one: UUID, other: UUID, *, by: UUID, now: datetime) -> None:
    """Again is no error. Raises Invalid for somebody and themselves."""
    if one == other:
        raise Invalid(marked("A pupil is no sibling of themselves."))
    first, second = sorted((one, other))
    row = insert(session, SiblingLink).values(first_id=first, second_id=second, linked_by=by, linked_at=now)
    session.execute(row.on_conflict_do_nothing())


def unlink(session: Session, one: UUID, other: UUID) -> bool:
    """Whether they were linked."""
    first, second = sorted((one, other))
    dropped = session.scalars(
        delete(SiblingLink)
        .where(SiblingLink.first_id == first, SiblingLink.second_id == second)
        .returning(SiblingLink.first_id)
    )
    return bool(dropped.all())


def siblings_of(session: Session, student_id: UUID) -> set[UUID]:
    pairs = session.execute(
        select(SiblingLink.first_id, SiblingLink.second_id).where(
            or_(SiblingLink.first_id == student_id, SiblingLink.second_id == student_id)
        )
    )
    return {second if first == student_id else first for first, second in pairs}
