"""What families have asked for, and who may see that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.biometrics.rules import Request
from cloud.biometrics.tables import PrivacyRequest
from cloud.kit.errors import NotFound
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Asked:
    id: UUID
    school_id: UUID
    student_id: UUID
    pupil: str
    class_name: str
    kind: Request
    wish: str
    received_at: datetime
    acknowledged_at: datetime | None
    done_at: datetime | None


def asked_within(session: Session, actor: Actor, *, done_since: datetime) -> list[Asked]:
    """Of the pupils for whom the actor takes consent: what is open, and what was done since; the oldest first."""
    rows = session.execute(
        _asked()
        .where(
            visible_to(actor, Right.TAKE_CONSENT),
            or_(PrivacyRequest.done_at.is_(None), PrivacyRequest.done_at >= done_since),
        )
        .order_by(PrivacyRequest.received_at, PrivacyRequest.id)
    )
    return [_one(row) for row in rows]


def asked_of(session: Session, student_id: UUID) -> list[Asked]:
    """The newest first."""
    rows = session.execute(
        _asked().where(Student.id == student_id).order_by(PrivacyRequest.received_at.desc(), PrivacyRequest.id.desc())
    )
    return [_one(row) for row in rows]


def request_for(session: Session, actor: Actor, request_id: UUID) -> PrivacyRequest:
    """Raises NotFound alike for what is not there and for what is not the actor's to deal with."""
    found = session.scalars(
        select(PrivacyRequest)
        .join(Student, Student.id == PrivacyRequest.student_id)
        .where(PrivacyRequest.id == request_id, visible_to(actor, Right.TAKE_CONSENT))
        .with_for_update(of=PrivacyRequest)
    ).one_or_none()
    if found is None:
        raise NotFound("No such request, or not one that you may deal with.")
    return found


def is_open(session: Session, student_id: UUID, kind: Request, wish: str) -> bool:
    """Whether the same was asked for already and is not done yet: a second tap is no second request."""
    same = select(PrivacyRequest.id).where(
        PrivacyRequest.student_id == student_id,
        PrivacyRequest.kind == kind,
        PrivacyRequest.wish == wish,
        PrivacyRequest.done_at.is_(None),
    )
    return session.scalars(same).first() is not None


_COLUMNS = (
    PrivacyRequest.id, PrivacyRequest.school_id, PrivacyRequest.student_id, Student.full_name, SchoolClass.name,
    PrivacyRequest.kind, PrivacyRequest.wish, PrivacyRequest.received_at, PrivacyRequest.acknowledged_at,
    PrivacyRequest.done_at,
)  # fmt: skip


def _asked() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(Student, Student.id == PrivacyRequest.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
    )


def _one(row: Sequence[object]) -> Asked:
    values = dict(zip(Asked.__dataclass_fields__, row, strict=True))
    return Asked(**{**values, "kind": Request(str(values["kind"]))})  # type: ignore[arg-type]
