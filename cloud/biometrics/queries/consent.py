"""Answers, who gave them, and what families have asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid, column, func, select, table, update
from sqlalchemy.orm import Session

from cloud.biometrics.rules import Answer, Decision, Party, Request
from cloud.biometrics.tables import ConsentDecision, ConsentScan, PrivacyRequest
from cloud.people.tables import Guardian, Guardianship, Student

IN_FORCE = table("consent_in_force", column("student_id", Uuid))


@dataclass(frozen=True, slots=True)
class Subject:
    """The pupil whose face it is about; no name, so that this may stand next to a template."""

    id: UUID
    school_id: UUID
    birth_date: date | None
    left_on: date | None


def subject(session: Session, student_id: UUID) -> Subject:
    row = session.execute(
        select(Student.id, Student.school_id, Student.birth_date, Student.left_on).where(Student.id == student_id)
    )
    return Subject(*row.one())


def guardians_of(session: Session, student_id: UUID) -> dict[UUID, str]:
    """Their names by id."""
    rows = session.execute(
        select(Guardian.id, Guardian.full_name)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.student_id == student_id)
        .order_by(Guardian.id)
    )
    return {row.id: row.full_name for row in rows}


def guardian_who_is(session: Session, user_id: UUID, student_id: UUID) -> UUID | None:
    return session.scalar(
        select(Guardian.id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardian.user_id == user_id, Guardianship.student_id == student_id)
    )


def agreed_by(session: Session, user_id: UUID, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of the pupils for whom the latest word of this very guardian is a yes."""
    said = session.execute(
        select(ConsentDecision.student_id, ConsentDecision.answer)
        .join(Guardian, Guardian.id == ConsentDecision.guardian_id)
        .where(Guardian.user_id == user_id, ConsentDecision.student_id.in_(student_ids))
        .order_by(ConsentDecision.number)
    )
    latest: dict[UUID, str] = dict(said.all())
    return {student_id for student_id, answer in latest.items() if answer == Answer.GRANTED}


def history(session: Session, student_id: UUID) -> Sequence[ConsentDecision]:
    return session.scalars(
        select(ConsentDecision).where(ConsentDecision.student_id == student_id).order_by(ConsentDecision.number)
    ).all()


def latest_by(session: Session, guardian_id: UUID) -> dict[UUID, ConsentDecision]:
    """What a guardian said last, of each pupil."""
    rows = session.scalars(
        select(ConsentDecision).where(ConsentDecision.guardian_id == guardian_id).order_by(ConsentDecision.number)
    )
    return {row.student_id: row for row in rows}


def decisions(session: Session, student_id: UUID) -> list[Decision]:
    return [
        Decision(row.number, Party(row.party), row.guardian_id, Answer(row.answer))
        for row in history(session, student_id)
    ]


def next_number(session: Session, student_id: UUID) -> int:
    last = session.scalar(select(func.max(ConsentDecision.number)).where(ConsentDecision.student_id == student_id))
    return (last or 0) + 1


def consent_in_force(session: Session, student_id: UUID) -> bool:
    """As the database itself judges it (guards.py)."""
    return session.scalar(select(IN_FORCE.c.student_id).where(IN_FORCE.c.student_id == student_id)) is not None


def add_scan(session: Session, scan: ConsentScan) -> None:
    session.add(scan)
    session.flush()


def scan(session: Session, student_id: UUID, scan_id: UUID) -> ConsentScan | None:
    return session.scalars(
        select(ConsentScan).where(ConsentScan.id == scan_id, ConsentScan.student_id == student_id)
    ).one_or_none()


def add_decision(session: Session, decision: ConsentDecision) -> None:
    session.add(decision)
    session.flush()


def add_request(
    session: Session,
    kind: Request,
    of: Subject,
    *,
    wish: str = "",
    received_by: UUID,
    now: datetime,
    acknowledged: bool = False,
) -> PrivacyRequest:
    request = PrivacyRequest(
        school_id=of.school_id,
        student_id=of.id,
        kind=kind,
        wish=wish,
        received_at=now,
        received_by=received_by,
        acknowledged_at=now if acknowledged else None,
    )
    session.add(request)
    session.flush()
    return request


def close_requests(session: Session, student_id: UUID, kind: Request, now: datetime) -> None:
    session.execute(
        update(PrivacyRequest)
        .where(PrivacyRequest.student_id == student_id, PrivacyRequest.kind == kind, PrivacyRequest.done_at.is_(None))
        .values(done_at=now)
    )


def open_requests(session: Session, school_ids: Sequence[UUID]) -> Sequence[PrivacyRequest]:
    """The oldest first."""
    return session.scalars(
        select(PrivacyRequest)
        .where(PrivacyRequest.school_id.in_(school_ids), PrivacyRequest.done_at.is_(None))
        .order_by(PrivacyRequest.received_at)
    ).all()
