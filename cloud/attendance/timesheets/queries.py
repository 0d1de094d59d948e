"""All SQL of timesheets."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from cloud.accounts.access import Actor, Right
from cloud.accounts.tables import User
from cloud.attendance.tables import Observation
from cloud.attendance.timesheets.rules import Correction
from cloud.attendance.timesheets.tables import TimesheetCorrection
from cloud.kit.clock import day_bounds
from cloud.people.queries import person_ref
from cloud.people.tables import StaffMember

NEWS = timedelta(days=30)
"""So long does a decision stand before whoever asked, whatever month they look at."""


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
    position: str
    joined_on: date | None
    left_on: date | None


def staff_of(session: Session, school_id: UUID, first: date, last: date) -> list[Staff]:
    """Who worked there between these days, by name: had not left before, and had come by then or has something
    corrected in that time."""
    corrected = exists().where(
        TimesheetCorrection.staff_id == StaffMember.id, TimesheetCorrection.day.between(first, last)
    )
    rows = session.scalars(
        select(StaffMember)
        .where(StaffMember.school_id == school_id, or_(StaffMember.left_on.is_(None), StaffMember.left_on > first))
        .where(or_(StaffMember.joined_on.is_(None), StaffMember.joined_on <= last, corrected))
        .order_by(StaffMember.search_name, StaffMember.id)
    )
    return [_staff(row) for row in rows]


def own_id(session: Session, school_id: UUID, user_id: UUID) -> UUID | None:
    """Whose sheet is the user's own there; None for who is not on the list of staff."""
    own = select(StaffMember.id).where(StaffMember.school_id == school_id, StaffMember.user_id == user_id)
    return session.scalar(own.order_by(StaffMember.id).limit(1))


def staff_member(session: Session, staff_id: UUID) -> Staff | None:
    row = session.get(StaffMember, staff_id)
    return _staff(row) if row else None


def _staff(row: StaffMember) -> Staff:
    return Staff(row.id, row.school_id, row.user_id, row.code, row.full_name, row.position, row.joined_on, row.left_on)


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
class Asked:
    """A correction with whatever became of it."""

    id: UUID
    staff: Staff
    day: date
    came_at: datetime
    left_at: datetime
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime
    state: State
    decided_at: datetime | None
    decided_by_name: str
    """Nobody yet: empty."""
    note: str

    @property
    def by_another(self) -> bool:
        """On somebody's behalf."""
        return self.asked_by != self.staff.user_id


def waiting(session: Session, school_id: UUID, staff_id: UUID | None = None) -> list[Asked]:
    """What nobody has decided on, of whatever month, the earliest day first; of one member of staff or of all."""
    own = _asked().where(StaffMember.school_id == school_id, TimesheetCorrection.state == State.REQUESTED)
    if staff_id is not None:
        own = own.where(TimesheetCorrection.staff_id == staff_id)
    return _read(session, own.order_by(TimesheetCorrection.day, TimesheetCorrection.id))


def asked_for(session: Session, staff_id: UUID, first: date, last: date, now: datetime) -> list[Asked]:
    """For those days whatever became of it, and of any day what waits or was decided a short while ago: whoever asked
    finds the answer. What was asked last comes first."""
    own = _asked().where(
        TimesheetCorrection.staff_id == staff_id,
        or_(
            TimesheetCorrection.day.between(first, last),
            TimesheetCorrection.state == State.REQUESTED,
            TimesheetCorrection.decided_at > now - NEWS,
        ),
    )
    return _read(session, own.order_by(TimesheetCorrection.asked_at.desc(), TimesheetCorrection.id.desc()))


def asked(session: Session, correction_id: UUID) -> Asked | None:
    return next(iter(_read(session, _asked().where(TimesheetCorrection.id == correction_id))), None)


def waiting_for(session: Session, actor: Actor, school_id: UUID, _now: datetime) -> int:
    """How many the actor is to decide on: none that they asked for, nor of their own sheet."""
    if school_id not in actor.schools_where(Right.KEEP_TIMESHEETS):
        return 0
    others = (
        select(func.count())
        .select_from(TimesheetCorrection)
        .join(StaffMember, StaffMember.id == TimesheetCorrection.staff_id)
        .where(StaffMember.school_id == school_id, TimesheetCorrection.state == State.REQUESTED)
        .where(TimesheetCorrection.asked_by != actor.user_id)
        .where(or_(StaffMember.user_id.is_(None), StaffMember.user_id != actor.user_id))
    )
    return session.scalar(others) or 0


_ASKER, _DECIDER = aliased(User), aliased(User)


def _asked() -> Select[TimesheetCorrection, StaffMember, str, str | None]:
    return (
        select(TimesheetCorrection, StaffMember, _ASKER.display_name, _DECIDER.display_name)
        .join(StaffMember, StaffMember.id == TimesheetCorrection.staff_id)
        .join(_ASKER, _ASKER.id == TimesheetCorrection.asked_by)
        .outerjoin(_DECIDER, _DECIDER.id == TimesheetCorrection.decided_by)
    )


def _read(session: Session, rows: Select[TimesheetCorrection, StaffMember, str, str | None]) -> list[Asked]:
    return [
        Asked(
            row.id, _staff(staff), row.day, row.came_at, row.left_at, row.reason, row.asked_by, asker,
            row.asked_at, State(row.state), row.decided_at, decider or "", row.note,
        )
        for row, staff, asker, decider in session.execute(rows)
    ]  # fmt: skip


def settle(session: Session, correction_id: UUID, state: State, note: str, by: UUID, now: datetime) -> bool:
    """False when it had been decided before."""
    settled = session.execute(
        update(TimesheetCorrection)
        .where(TimesheetCorrection.id == correction_id, TimesheetCorrection.state == State.REQUESTED)
        .values(state=state, note=note.strip(), decided_by=by, decided_at=now)
        .returning(TimesheetCorrection.id)
    )
    return settled.first() is not None
