"""What units reported and nobody is counted by yet: for staff, never for a parent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.attendance.tables import Observation
from cloud.devices.tables import Device
from cloud.kit.clock import day_bounds
from cloud.people.queries import student_id_of
from cloud.people.tables import Student
from edge.contract import Liveness, Method, Outcome

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sighting in which the unit was not sure enough."""

    device_id: str
    device_name: str
    seq: int
    captured_at: datetime
    candidates: tuple[str, ...]
    """Names, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A face that seemed to be a picture of one, or a card that the unit did not take."""

    device_id: str
    device_name: str
    seq: int
    captured_at: datetime
    method: Method
    counted: bool
    """The unit only warns: whoever is named counts as seen."""
    names: tuple[str, ...]
    """Whose picture or card it seems to be."""


@dataclass(frozen=True, slots=True)
class CardUse:
    """A showing of a pupil's card, QR code or chip."""

    student_id: UUID
    student_name: str
    happened_at: datetime
    device_id: str
    device_name: str


@dataclass(frozen=True, slots=True)
class Strangers:
    """Sightings of people whom the unit knows and the service does not: its roster is not ours."""

    device_id: str
    device_name: str
    sightings: int


def doubts_on(session: Session, school_id: UUID, day: date) -> tuple[Doubt, ...]:
    """The latest first. Candidates who are not pupils of this school are left out."""
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(Observation.device_id, Device.name, Observation.seq, Observation.captured_at, Observation.candidates)
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id == school_id,
            Observation.outcome == Outcome.ASK,
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
        .order_by(Observation.received_at.desc(), Observation.seq.desc())
        .limit(SHOWN)
    ).all()
    names = _names(session, school_id, (row[4] for row in rows))
    return tuple(Doubt(*row[:4], _named(row[4], names)) for row in rows)


def refusals_on(session: Session, school_id: UUID, day: date) -> tuple[Refusal, ...]:
    """The latest first: what was refused, and who was let pass although their face seemed to be a picture."""
    begins, ends = day_bounds(day)
    seen_as_picture = and_(Observation.outcome == Outcome.IDENTIFIED, Observation.liveness == Liveness.SPOOF)
    rows = session.execute(
        select(Observation, Device.name)
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id == school_id,
            or_(Observation.outcome == Outcome.REFUSED, seen_as_picture),
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
        .order_by(Observation.received_at.desc(), Observation.seq.desc())
        .limit(SHOWN)
    ).all()
    whom = [[one.person_ref] if one.person_ref else one.candidates for one, _ in rows]
    names = _names(session, school_id, whom)
    return tuple(
        Refusal(
            device_id=one.device_id,
            device_name=device_name,
            seq=one.seq,
            captured_at=one.captured_at,
            method=Method(one.method),
            counted=one.outcome == Outcome.IDENTIFIED,
            names=_named(references, names),
        )
        for (one, device_name), references in zip(rows, whom, strict=True)
    )


def _names(session: Session, school_id: UUID, references: Iterable[Iterable[str]]) -> dict[UUID, str]:
    """Of those who are pupils of this school."""
    ids = {student_id for some in references for one in some if (student_id := student_id_of(one))}
    rows = session.execute(
        select(Student.id, Student.full_name).where(Student.id.in_(ids), Student.school_id == school_id)
    )
    return dict(rows.all())


def _named(references: Iterable[str], names: Mapping[UUID, str]) -> tuple[str, ...]:
    return tuple(names[found] for one in references if (found := student_id_of(one)) and found in names)


def card_uses_on(session: Session, school_id: UUID, day: date) -> list[CardUse]:
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(Student.id, Student.full_name, Observation.happened_at, Observation.device_id, Device.name)
        .join(Device, Device.id == Observation.device_id)
        .join(Student, Student.id == Observation.student_id)
        .where(
            Observation.school_id == school_id,
            Observation.method.in_([Method.QR, Method.CARD]),
            Observation.happened_at.is_not(None),
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
    )
    return [
        CardUse(student_id, student_name, happened_at, device_id, device_name)
        for student_id, student_name, happened_at, device_id, device_name in rows
        if happened_at
    ]


def strangers(session: Session, school_id: UUID) -> tuple[Strangers, ...]:
    rows = session.execute(
        select(Observation.device_id, Device.name, func.count())
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id == school_id,
            Observation.person_ref.is_not(None),
            Observation.student_id.is_(None),
        )
        .group_by(Observation.device_id, Device.name)
        .order_by(Device.name)
    )
    return tuple(Strangers(*row) for row in rows)


def waiting_for_a_clock(session: Session, school_id: UUID) -> int:
    """Sightings whose moment is not known, because their unit's clock is not trusted."""
    waiting = select(func.count()).where(Observation.school_id == school_id, Observation.happened_at.is_(None))
    return session.scalar(waiting) or 0
