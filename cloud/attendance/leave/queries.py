"""All SQL of leave requests."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.accounts.tables import User
from cloud.attendance.leave.facts import Claim, ClaimState, Stretch
from cloud.attendance.leave.tables import LeaveAttachment, LeaveRequest, LeaveStep
from cloud.kit.clock import school_day
from cloud.kit.db import among
from cloud.kit.errors import NotFound
from cloud.people.access import visible_to
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay

SHOWN = timedelta(days=14)
"""How long after its last day a request stays on the teacher's list."""


@dataclass(frozen=True, slots=True)
class Request:
    id: UUID
    school_id: UUID
    student_id: UUID
    asked_by: UUID
    reason: str
    claim: Claim
    told_by: str | None = None
    """Who told the school what staff then wrote down; None for what a family asked itself."""

    @property
    def is_note(self) -> bool:
        return self.told_by is not None


@dataclass(frozen=True, slots=True)
class Step:
    state: ClaimState
    by: UUID
    at: datetime
    note: str


def claims_on(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, tuple[Claim, ...]]:
    """The requests that bear on `day`, in whatever state, by pupil."""
    approved = LeaveStep.state == ClaimState.APPROVED
    approved_at = select(func.max(LeaveStep.at)).where(LeaveStep.request_id == LeaveRequest.id, approved)
    rows = session.execute(
        select(LeaveRequest, approved_at.scalar_subquery()).where(
            among(session, LeaveRequest.student_id, student_ids),
            LeaveRequest.first_day <= day,
            LeaveRequest.last_day >= day,
        )
    )
    found: dict[UUID, list[Claim]] = defaultdict(list)
    for row, when in rows:
        found[row.student_id].append(_claim(row, when))
    return {student_id: tuple(claims) for student_id, claims in found.items()}


def add(
    session: Session, *, school_id: UUID, student_id: UUID, stretch: Stretch, reason: str, by: UUID, now: datetime
) -> Request:
    row = _row(school_id, student_id, stretch, reason, by)
    row.asked_at, row.state = now, ClaimState.REQUESTED
    return _added(session, row, now)


def add_note(
    session: Session, *, school_id: UUID, student_id: UUID, stretch: Stretch, reason: str, told_by: str,
    told_at: datetime, by: UUID, now: datetime,
) -> Request:  # fmt: skip
    """Approved as it is written; its first step says who wrote it, and when."""
    row = _row(school_id, student_id, stretch, reason, by)
    row.asked_at, row.told_by, row.state = told_at, told_by.strip(), ClaimState.APPROVED
    return _added(session, row, now)


def take_step(session: Session, request: Request, after: ClaimState, *, by: UUID, note: str, now: datetime) -> bool:
    """Whether it was taken: False when somebody else has changed the request meanwhile."""
    moved = session.execute(
        update(LeaveRequest)
        .where(LeaveRequest.id == request.id, LeaveRequest.state == request.claim.state)
        .values(state=after)
        .returning(LeaveRequest.id)
    ).first()
    if moved is None:
        return False
    session.add(LeaveStep(request_id=request.id, state=after, by=by, at=now, note=note.strip()))
    session.flush()
    return True


def request(session: Session, request_id: UUID) -> Request:
    """Raises NotFound. Whether the caller may see it is for people/access.py to say, by its pupil."""
    row = session.get(LeaveRequest, request_id)
    if row is None:
        raise NotFound("There is no such request, or it is not yours to see.")
    return _request(row)


def requests_of(session: Session, student_id: UUID) -> list[Request]:
    """One pupil's, the latest first."""
    rows = session.scalars(
        select(LeaveRequest).where(LeaveRequest.student_id == student_id).order_by(LeaveRequest.asked_at.desc())
    )
    return [_request(row) for row in rows]


def waiting(session: Session, school_id: UUID) -> list[tuple[Request, str]]:
    """What a school has to decide, the nearest day first, each with the pupil's name."""
    rows: Select[LeaveRequest, str] = (
        select(LeaveRequest, Student.full_name)
        .join(Student, Student.id == LeaveRequest.student_id)
        .where(LeaveRequest.school_id == school_id, LeaveRequest.state == ClaimState.REQUESTED)
        .order_by(LeaveRequest.first_day, LeaveRequest.id)
    )
    return [(_request(row), name) for row, name in session.execute(rows)]


def waiting_for(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many of those on their list the actor is to decide on."""
    own = (
        select(func.count())
        .select_from(LeaveRequest)
        .join(Student, Student.id == LeaveRequest.student_id)
        .where(LeaveRequest.school_id == school_id, LeaveRequest.state == ClaimState.REQUESTED)
        .where(LeaveRequest.last_day >= school_day(now) - SHOWN, visible_to(actor, Right.DECIDE_LEAVE))
    )
    return session.scalar(own) or 0


def since(session: Session, school_id: UUID, day: date) -> list[Request]:
    """A school's that have not ended before `day`, in whatever state, the nearest first."""
    rows = session.scalars(
        select(LeaveRequest)
        .where(LeaveRequest.school_id == school_id, LeaveRequest.last_day >= day)
        .order_by(LeaveRequest.first_day, LeaveRequest.id)
    )
    return [_request(row) for row in rows]


def last_steps(session: Session, request_ids: Collection[UUID]) -> dict[UUID, Step]:
    """What happened to each last."""
    rows = session.scalars(
        select(LeaveStep).where(LeaveStep.request_id.in_(request_ids)).order_by(LeaveStep.at, LeaveStep.id)
    )
    return {row.request_id: Step(ClaimState(row.state), row.by, row.at, row.note) for row in rows}


def writers(session: Session, request_ids: Collection[UUID]) -> dict[UUID, str]:
    """Who wrote down those that are notes by staff, as pages address them."""
    rows = session.execute(
        select(LeaveRequest.id, User.display_name)
        .join(User, User.id == LeaveRequest.asked_by)
        .where(LeaveRequest.id.in_(request_ids), LeaveRequest.told_by.is_not(None))
    )
    return dict(rows.all())


def attachments_of(session: Session, request_ids: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
    """By request, the numbers of its files."""
    found: dict[UUID, tuple[int, ...]] = {}
    rows = session.execute(
        select(LeaveAttachment.request_id, LeaveAttachment.number)
        .where(LeaveAttachment.request_id.in_(request_ids))
        .order_by(LeaveAttachment.number)
    )
    for request_id, number in rows:
        found[request_id] = (*found.get(request_id, ()), number)
    return found


def add_attachment(session: Session, attachment: LeaveAttachment) -> None:
    session.add(attachment)
    session.flush()


def attachment(session: Session, request_id: UUID, number: int) -> LeaveAttachment | None:
    return session.get(LeaveAttachment, (request_id, number))


def history(session: Session, request_id: UUID) -> list[Step]:
    rows: list[Row[str, UUID, datetime, str]] = list(
        session.execute(
            select(LeaveStep.state, LeaveStep.by, LeaveStep.at, LeaveStep.note)
            .where(LeaveStep.request_id == request_id)
            .order_by(LeaveStep.at, LeaveStep.id)
        )
    )
    return [Step(ClaimState(state), by, at, note) for state, by, at, note in rows]


def _row(school_id: UUID, student_id: UUID, stretch: Stretch, reason: str, by: UUID) -> LeaveRequest:
    return LeaveRequest(
        school_id=school_id,
        student_id=student_id,
        first_day=stretch.first_day,
        first_half=stretch.first_half,
        last_day=stretch.last_day,
        last_half=stretch.last_half,
        reason=reason.strip(),
        asked_by=by,
    )


def _added(session: Session, row: LeaveRequest, now: datetime) -> Request:
    session.add(row)
    session.flush()
    session.add(LeaveStep(request_id=row.id, state=row.state, by=row.asked_by, at=now))
    session.flush()
    return _request(row)


def _claim(row: LeaveRequest, approved_at: datetime | None = None) -> Claim:
    stretch = Stretch(row.first_day, HalfDay(row.first_half), row.last_day, HalfDay(row.last_half))
    return Claim(row.id, ClaimState(row.state), row.asked_at, stretch, approved_at)


def _request(row: LeaveRequest) -> Request:
    return Request(row.id, row.school_id, row.student_id, row.asked_by, row.reason, _claim(row), row.told_by)
