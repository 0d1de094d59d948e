"""Templates as they lie there: sealed. What seals and opens them is templates.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries.consent import IN_FORCE
from cloud.biometrics.tables import FaceTemplate, MatchTrend, TemplateAccess


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and what for: a user or a unit."""

    purpose: str
    user_id: UUID | None = None
    device_id: str | None = None


def add_templates(session: Session, templates: Sequence[FaceTemplate]) -> None:
    """The database refuses them without consent (guards.py)."""
    session.add_all(templates)
    session.flush()


def read_templates(
    session: Session, school_id: UUID, student_ids: Collection[UUID], *, reader: Reader, now: datetime
) -> Sequence[FaceTemplate]:
    """A way to a template: reading one is noted, pupil by pupil."""
    templates = session.scalars(
        select(FaceTemplate)
        .where(FaceTemplate.school_id == school_id, FaceTemplate.student_id.in_(student_ids))
        .order_by(FaceTemplate.student_id, FaceTemplate.id)
    ).all()
    counts: dict[UUID, int] = {}
    for template in templates:
        counts[template.student_id] = counts.get(template.student_id, 0) + 1
    session.add_all(
        TemplateAccess(
            at=now,
            student_id=student_id,
            purpose=reader.purpose,
            user_id=reader.user_id,
            device_id=reader.device_id,
            templates=count,
        )
        for student_id, count in counts.items()
    )
    return templates


def read_all(session: Session, school_id: UUID, *, reader: Reader, now: datetime) -> Sequence[FaceTemplate]:
    """The other way to templates, to compare with all of a school: noted in one row, with how many they were."""
    templates = session.scalars(
        select(FaceTemplate)
        .where(FaceTemplate.school_id == school_id)
        .order_by(FaceTemplate.student_id, FaceTemplate.id)
    ).all()
    session.add(
        TemplateAccess(
            at=now, school_id=school_id, purpose=reader.purpose, user_id=reader.user_id, device_id=reader.device_id,
            templates=len(templates),
        )
    )  # fmt: skip
    return templates


def erase(session: Session, student_ids: Collection[UUID]) -> None:
    """And what was noted of how well they are recognised."""
    session.execute(delete(FaceTemplate).where(FaceTemplate.student_id.in_(student_ids)))
    session.execute(delete(MatchTrend).where(MatchTrend.student_id.in_(student_ids)))


def template_count(session: Session, student_id: UUID) -> int:
    return session.scalar(select(func.count()).where(FaceTemplate.student_id == student_id)) or 0


def keys_in_use(session: Session, student_id: UUID | None = None) -> set[UUID]:
    """Of templates, and of photos that wait to become some."""
    used: set[UUID] = set()
    for sealed in (FaceTemplate, FamilyPhoto):
        keys = select(sealed.key_id).where(sealed.sealed.is_not(None)).distinct()
        used |= set(session.scalars(keys if student_id is None else keys.where(sealed.student_id == student_id)))
    return used


def accesses(session: Session, student_id: UUID) -> Sequence[TemplateAccess]:
    """The oldest first."""
    return session.scalars(
        select(TemplateAccess).where(TemplateAccess.student_id == student_id).order_by(TemplateAccess.at)
    ).all()


def without_consent(session: Session) -> list[tuple[UUID, UUID]]:
    """School and pupil of the templates whose consent has ended without anybody's word: a seventh birthday, a guardian
    who is none any more, a last day that has come."""
    rows = session.execute(
        select(FaceTemplate.school_id, FaceTemplate.student_id)
        .where(FaceTemplate.student_id.not_in(select(IN_FORCE.c.student_id)))
        .distinct()
    )
    return [(school_id, student_id) for school_id, student_id in rows]
