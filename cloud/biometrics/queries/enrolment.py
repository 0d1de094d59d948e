"""Whom the actor may enrol, and who of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.biometrics.queries.consent import IN_FORCE
from cloud.biometrics.tables import FaceTemplate
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class ToEnrol:
    id: UUID
    code: str
    class_name: str
    consent: bool
    """Stands, as the database itself judges it."""
    views: int
    enrolled_at: datetime | None


def to_enrol(session: Session, actor: Actor, school_id: UUID) -> Sequence[ToEnrol]:
    """By class and code. No name goes along: whoever brings photos knows their pupils by code."""
    made = (
        select(FaceTemplate.student_id, func.count().label("views"), func.max(FaceTemplate.made_at).label("made_at"))
        .where(FaceTemplate.school_id == school_id)
        .group_by(FaceTemplate.student_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Student.id, Student.code, SchoolClass.name, IN_FORCE.c.student_id.is_not(None),
            func.coalesce(made.c.views, 0), made.c.made_at,
        )
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(IN_FORCE, IN_FORCE.c.student_id == Student.id)
        .outerjoin(made, made.c.student_id == Student.id)
        .where(Student.school_id == school_id, visible_to(actor, Right.ENROL))
        .order_by(SchoolClass.name, Student.code)
    )  # fmt: skip
    return [ToEnrol(*row) for row in rows]
