"""All SQL of families' photos. Who may see them is decided by people.access."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, defer

from cloud.accounts.access import Actor, Right
from cloud.biometrics.photos.rules import OPEN, Reason, State
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.tables import TemplateAccess
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that waits for somebody, with the pupil of whom it is said to be."""

    id: UUID
    student_id: UUID
    code: str
    full_name: str
    class_name: str
    state: str
    sent_at: datetime


def add(session: Session, photo: FamilyPhoto) -> None:
    session.add(photo)
    session.flush()


def waiting_count(session: Session, student_id: UUID) -> int:
    open_ones = select(func.count()).where(FamilyPhoto.student_id == student_id, FamilyPhoto.state.in_(OPEN))
    return session.scalar(open_ones) or 0


def of_child(session: Session, student_id: UUID, since: datetime) -> Sequence[FamilyPhoto]:
    """The newest first, without the photos themselves."""
    return session.scalars(
        select(FamilyPhoto)
        .where(FamilyPhoto.student_id == student_id, FamilyPhoto.sent_at >= since)
        .order_by(FamilyPhoto.sent_at.desc(), FamilyPhoto.id.desc())
        .options(defer(FamilyPhoto.sealed))
    ).all()


def open_ones(session: Session, actor: Actor, school_id: UUID) -> list[Sent]:
    """Of the pupils whom the actor may enrol, by class and code."""
    rows = session.execute(
        select(
            FamilyPhoto.id, Student.id, Student.code, Student.full_name, SchoolClass.name, FamilyPhoto.state,
            FamilyPhoto.sent_at,
        )
        .join(Student, Student.id == FamilyPhoto.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(FamilyPhoto.school_id == school_id, FamilyPhoto.state.in_(OPEN), visible_to(actor, Right.ENROL))
        .order_by(SchoolClass.name, Student.code, FamilyPhoto.sent_at)
    )  # fmt: skip
    return [Sent(*row) for row in rows]


def find(session: Session, photo_id: UUID) -> FamilyPhoto | None:
    return session.get(FamilyPhoto, photo_id)


def note_look(session: Session, photo: FamilyPhoto, reader: Reader, now: datetime) -> None:
    session.add(
        TemplateAccess(
            at=now, student_id=photo.student_id, purpose=reader.purpose, user_id=reader.user_id,
            device_id=reader.device_id, templates=0,
        )
    )  # fmt: skip


def move(
    session: Session, photo_ids: Collection[UUID], student_id: UUID, state: State, *, by: UUID | None, now: datetime,
    come_from: Collection[State] = OPEN, reason: Reason | None = None,
) -> int:  # fmt: skip
    """To `state`, those of the pupil that are in `come_from`; returns how many. A photo that is decided on is gone."""
    values: dict[str, object] = {"state": state, "reason": reason}
    values |= {"seen_by": by} if state in OPEN else {"sealed": None, "decided_by": by, "decided_at": now}
    moved = session.scalars(
        update(FamilyPhoto)
        .where(FamilyPhoto.id.in_(photo_ids), FamilyPhoto.student_id == student_id, FamilyPhoto.state.in_(come_from))
        .values(values)
        .returning(FamilyPhoto.id)
        .execution_options(synchronize_session=False)
    )
    return len(moved.all())


def expire(session: Session, *, sent_before: datetime, now: datetime) -> int:
    """Returns how many."""
    expired = session.scalars(
        update(FamilyPhoto)
        .where(FamilyPhoto.state.in_(OPEN), FamilyPhoto.sent_at < sent_before)
        .values(state=State.EXPIRED, sealed=None, decided_at=now)
        .returning(FamilyPhoto.id)
        .execution_options(synchronize_session=False)
    )
    return len(expired.all())
