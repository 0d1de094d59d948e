"""How well enrolled pupils are still recognised, and whose face is to be taken again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.biometrics.renewal import Due, Trend, due
from cloud.biometrics.tables import FaceTemplate, MatchTrend
from cloud.kit.db import insert
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody is recognised by now."""

    made_at: datetime
    model: str


@dataclass(frozen=True, slots=True)
class ToRenew:
    full_name: str
    class_name: str
    made_at: datetime
    why: Due


def begun_in(session: Session, school_id: UUID) -> dict[UUID, tuple[Known, float]]:
    """Where each pupil began, and with which templates."""
    rows = session.execute(
        select(MatchTrend.student_id, MatchTrend.made_at, MatchTrend.model, MatchTrend.early).where(
            MatchTrend.school_id == school_id
        )
    )
    return {student_id: (Known(made_at, model), early) for student_id, made_at, model, early in rows}


def note_trends(
    session: Session, school_id: UUID, trends: Mapping[UUID, tuple[Known, Trend]], *, now: datetime
) -> None:
    """Instead of what was noted of these pupils before."""
    for student_id, (known, trend) in sorted(trends.items()):
        values = {
            "school_id": school_id, "made_at": known.made_at, "model": known.model, "early": trend.early,
            "recent": trend.recent, "judged_at": now,
        }  # fmt: skip
        upsert = insert(session, MatchTrend).values(student_id=student_id, **values)
        session.execute(upsert.on_conflict_do_update(index_elements=[MatchTrend.student_id], set_=values))


def forget_trends_without_templates(session: Session, school_id: UUID) -> None:
    session.execute(
        delete(MatchTrend).where(
            MatchTrend.school_id == school_id, MatchTrend.student_id.not_in(select(FaceTemplate.student_id))
        )
    )


def trends_in(session: Session, class_ids: Collection[UUID]) -> dict[UUID, Trend]:
    rows = session.execute(
        select(MatchTrend.student_id, MatchTrend.early, MatchTrend.recent)
        .join(Student, Student.id == MatchTrend.student_id)
        .where(Student.class_id.in_(class_ids))
    )
    return {student_id: Trend(early, recent) for student_id, early, recent in rows}


def to_renew(session: Session, actor: Actor, school_id: UUID, *, now: datetime) -> list[ToRenew]:
    """Whom the actor may enrol again and should, those with the oldest templates first."""
    newest = func.max(FaceTemplate.made_at).label("newest")
    rows = session.execute(
        select(Student.full_name, SchoolClass.name, newest, MatchTrend.early, MatchTrend.recent)
        .join(FaceTemplate, FaceTemplate.student_id == Student.id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(MatchTrend, MatchTrend.student_id == Student.id)
        .where(Student.school_id == school_id, visible_to(actor, Right.ENROL))
        .group_by(Student.id, Student.full_name, SchoolClass.name, MatchTrend.early, MatchTrend.recent)
        .order_by(newest, Student.full_name)
    )
    found = []
    for full_name, class_name, made_at, *trend in rows:
        if why := due(made_at, None if None in trend else Trend(*trend), now):
            found.append(ToRenew(full_name, class_name, made_at, why))
    return found
