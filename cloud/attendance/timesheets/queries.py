"""All SQL of timesheets."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.attendance.tables import Observation
from cloud.attendance.timesheets.rules import Correction
from cloud.attendance.timesheets.tables import TimesheetCorrection
from cloud.kit.clock import day_bounds
from cloud.people.queries import person_ref
from cloud.people.tables import StaffMember


class State(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Staff:
    id: UUID
    school_id: UUID
    user_id: UUID | None
    code: str
    full_name: str


def staff_of(session: Session, school_ids: Collection[UUID]) -> list[Staff]:
    rows = session.execute(
        select(StaffMember.id, StaffMember.school_id, StaffMember.user_id, StaffMember.code, StaffMember.full_name)
        .where(StaffMember.school_id.in_(school_ids))
        .order_by(StaffMember.search_name, StaffMember.id)
    )
    return [Staff(*row) for row in rows]


def staff_member(session: Session, staff_id: UUID) -> Staff | None:
    row = session.get(StaffMember, staff_id)
    return Staff(row.id, row.school_id, row.user_id, row.code, row.full_name) if row else None


def seen(
    session: Session, school_id: UUID, staff_ids: Collection[UUID], first: date, last: date
) -> dict[UUID, list[datetime]]:
    """When each was seen at the school's units. Staff are known to units by their id, as pupils are."""
    by_reference = {person_ref(staff_id): staff_id for staff_id in staff_ids}
    rows = session.execute(
        select(Observation.person_ref, Observation.happened_at).where(
            Observation.school_id == school_id,
            Observation.person_ref.in_(by_reference),
            Observation.happened_at >= day_bounds(first)[0],
            Observation.happened_at < day_bounds(last)[1],
        )
    )
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for reference, happened_at in rows:
        if reference and happened_at:
            found[by_reference[reference]].append(happened_at)
    return found


def approved(session: Session, staff_ids: Collection[UUID], first: date, last: date) -> dict[UUID, list[Correction]]:
    rows = session.scalars(
        select(TimesheetCorrection).where(
            TimesheetCorrection.staff_id.in_(staff_ids),
            TimesheetCorrection.day.between(first, last),
            TimesheetCorrection.state == State.APPROVED,
        )
    )
    found: dict[UUID, list[Correction]] = defaultdict(list)
    for row in rows:
        assert row.decided_at
        found[row.staff_id].append(Correction(row.id, row.day, row.came_at, row.left_at, row.decided_at))
    return found


def add_correction(
    session: Session, staff_id: UUID, day: date, span: tuple[datetime, datetime], reason: str, by: UUID, now: datetime
) -> UUID:
    row = TimesheetCorrection(
        staff_id=staff_id,
        day=day,
        came_at=span[0],
        left_at=span[1],
        reason=reason.strip(),
        asked_by=by,
        asked_at=now,
        state=State.REQUESTED,
    )
    session.add(row)
    session.flush()
    return row.id


@dataclass(frozen=True, slots=True)
class Waiting:
    id: UUID
    full_name: str
    day: date
    came_at: datetime
    left_at: datetime
    reason: str


def waiting(session: Session, staff_ids: Collection[UUID]) -> list[Waiting]:
    """Corrections that nobody has decided on, the earliest day first."""
    rows = session.execute(
        select(TimesheetCorrection, StaffMember.full_name)
        .join(StaffMember, StaffMember.id == TimesheetCorrection.staff_id)
        .where(TimesheetCorrection.staff_id.in_(staff_ids), TimesheetCorrection.state == State.REQUESTED)
        .order_by(TimesheetCorrection.day, TimesheetCorrection.id)
    )
    return [Waiting(row.id, name, row.day, row.came_at, row.left_at, row.reason) for row, name in rows]


def correction(session: Session, correction_id: UUID) -> tuple[UUID, UUID] | None:
    """(staff, who asked)."""
    row = session.get(TimesheetCorrection, correction_id)
    return (row.staff_id, row.asked_by) if row else None


def settle(session: Session, correction_id: UUID, state: State, by: UUID, now: datetime) -> bool:
    """False when it had been decided before."""
    settled = session.execute(
        update(TimesheetCorrection)
        .where(TimesheetCorrection.id == correction_id, TimesheetCorrection.state == State.REQUESTED)
        .values(state=state, decided_by=by, decided_at=now)
        .returning(TimesheetCorrection.id)
    )
    return settled.first() is not None
