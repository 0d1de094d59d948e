"""Whole classes at once: who is in them, who has said what, who is enrolled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cloud.biometrics.rules import Answer, Decision, Party
from cloud.biometrics.tables import ConsentDecision, FaceTemplate
from cloud.people.tables import Guardian, Guardianship, Student


@dataclass(frozen=True, slots=True)
class ClassPupil:
    id: UUID
    class_id: UUID
    code: str
    full_name: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    views: int
    made_at: datetime
    """When the oldest view was made."""
    models: frozenset[str]


def pupils_in(session: Session, class_ids: Collection[UUID], today: date) -> list[ClassPupil]:
    """Those who are with the school, as a class list has them: by name."""
    rows = session.execute(
        select(Student.id, Student.class_id, Student.code, Student.full_name, Student.birth_date)
        .where(Student.class_id.in_(class_ids), or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(Student.search_name, Student.code)
    )
    return [ClassPupil(*row) for row in rows]


def decisions_in(session: Session, class_ids: Collection[UUID]) -> dict[UUID, list[Decision]]:
    """By pupil, the oldest first."""
    rows = session.execute(
        select(
            ConsentDecision.student_id, ConsentDecision.number, ConsentDecision.party,
            ConsentDecision.guardian_id, ConsentDecision.answer,
        )
        .join(Student, Student.id == ConsentDecision.student_id)
        .where(Student.class_id.in_(class_ids))
        .order_by(ConsentDecision.student_id, ConsentDecision.number)
    )  # fmt: skip
    found: dict[UUID, list[Decision]] = {}
    for student_id, number, party, guardian_id, answer in rows:
        found.setdefault(student_id, []).append(Decision(number, Party(party), guardian_id, Answer(answer)))
    return found


def guardians_in(session: Session, class_ids: Collection[UUID]) -> dict[UUID, dict[UUID, str]]:
    """By pupil: the guardians' names by id."""
    rows = session.execute(
        select(Guardianship.student_id, Guardian.id, Guardian.full_name)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Student.class_id.in_(class_ids))
        .order_by(Guardian.id)
    )
    found: dict[UUID, dict[UUID, str]] = {}
    for student_id, guardian_id, name in rows:
        found.setdefault(student_id, {})[guardian_id] = name
    return found


def enrolled_in(session: Session, class_ids: Collection[UUID]) -> dict[UUID, Enrolled]:
    rows = session.execute(
        select(FaceTemplate.student_id, FaceTemplate.model, func.count(), func.min(FaceTemplate.made_at))
        .join(Student, Student.id == FaceTemplate.student_id)
        .where(Student.class_id.in_(class_ids))
        .group_by(FaceTemplate.student_id, FaceTemplate.model)
    )
    found: dict[UUID, Enrolled] = {}
    for student_id, model, views, made_at in rows:
        before = found.get(student_id, Enrolled(0, made_at, frozenset()))
        found[student_id] = Enrolled(
            before.views + views, min(before.made_at, made_at), before.models | frozenset({model})
        )
    return found
