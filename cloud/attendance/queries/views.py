"""What pages show of attendance, each scoped by who looks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.attendance.tables import Observation, Presence
from cloud.devices.tables import Device
from cloud.kit.clock import day_bounds
from cloud.people.access import visible_to
from cloud.people.queries import student_id_of
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass
from edge.contract import Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    student_id: UUID
    full_name: str
    class_name: str
    day: date
    first_in_at: datetime
    last_seen_at: datetime
    device_name: str
    """The unit at which the pupil came in."""
    known_at: datetime
    """When the service learnt of it; a feed's cursor."""


@dataclass(frozen=True, slots=True)
class ClassCount:
    class_id: UUID
    school_id: UUID
    name: str
    grade: int
    pupils: int
    arrived: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sighting in which the unit was not sure enough: for staff to look at, never for a parent."""

    device_id: str
    device_name: str
    seq: int
    captured_at: datetime
    candidates: tuple[str, ...]
    """Names, the likeliest first."""


@dataclass(frozen=True, slots=True)
class UnknownPeople:
    """Sightings of people whom the unit knows and the service does not: its roster is not ours."""

    device_id: str
    device_name: str
    sightings: int
    latest_at: datetime


def class_counts(session: Session, actor: Actor, day: date) -> list[ClassCount]:
    """Per class of the schools that the actor sees whole: how many pupils there are and how many came in."""
    rows = session.execute(
        select(
            SchoolClass.id,
            SchoolClass.school_id,
            SchoolClass.name,
            SchoolClass.grade,
            func.count(Student.id),
            func.count(Presence.first_in_at),
        )
        .outerjoin(Student, Student.class_id == SchoolClass.id)
        .outerjoin(Presence, and_(Presence.student_id == Student.id, Presence.day == day))
        .where(SchoolClass.school_id.in_(actor.schools_seen_whole))
        .group_by(SchoolClass.id, SchoolClass.school_id, SchoolClass.name, SchoolClass.grade)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [ClassCount(*row) for row in rows]


def latest_arrivals(session: Session, actor: Actor, day: date, *, limit: int = 20) -> list[Arrival]:
    """Of the pupils whom the actor may see, the latest arrival first."""
    rows = session.execute(
        _arrivals(actor).where(Presence.day == day).order_by(Presence.first_in_at.desc(), Student.id).limit(limit)
    )
    return [_arrival(row) for row in rows]


def arrivals_of(session: Session, actor: Actor, student_id: UUID, *, since: date) -> list[Arrival]:
    """One pupil's days from `since` on, the latest first; none for a pupil who is not the actor's to see."""
    rows = session.execute(
        _arrivals(actor).where(Student.id == student_id, Presence.day >= since).order_by(Presence.day.desc())
    )
    return [_arrival(row) for row in rows]


def arrivals_known_after(session: Session, actor: Actor, moment: datetime) -> list[Arrival]:
    """What the service learnt after `moment`, in the order in which it did."""
    rows = session.execute(_arrivals(actor).where(Presence.known_at > moment).order_by(Presence.known_at, Student.id))
    return [_arrival(row) for row in rows]


def _arrivals(actor: Actor) -> Select[UUID, str, str, date, datetime | None, datetime, str, datetime]:
    return (
        select(
            Student.id,
            Student.full_name,
            SchoolClass.name,
            Presence.day,
            Presence.first_in_at,
            Presence.last_seen_at,
            Device.name,
            Presence.known_at,
        )
        .select_from(Presence)
        .join(Student, Student.id == Presence.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .join(Device, Device.id == Presence.first_device_id)
        .where(visible_to(actor), Presence.first_in_at.is_not(None))
    )


def _arrival(row: Row[UUID, str, str, date, datetime | None, datetime, str, datetime]) -> Arrival:
    student_id, full_name, class_name, day, first_in_at, last_seen_at, device_name, known_at = row
    assert first_in_at
    return Arrival(student_id, full_name, class_name, day, first_in_at, last_seen_at, device_name, known_at)


def doubts(session: Session, actor: Actor, day: date, *, limit: int = 50) -> list[Doubt]:
    """The latest first. Candidates who are not pupils of ours are left out."""
    begins, ends = day_bounds(day)
    rows = session.execute(
        select(Observation.device_id, Device.name, Observation.seq, Observation.captured_at, Observation.candidates)
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id.in_(actor.schools_seen_whole),
            Observation.outcome == Outcome.ASK,
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
        .order_by(Observation.received_at.desc())
        .limit(limit)
    ).all()
    ids = {student_id for row in rows for ref in row[4] if (student_id := student_id_of(ref))}
    names = dict(
        session.execute(select(Student.id, Student.full_name).where(Student.id.in_(ids), visible_to(actor))).all()
    )
    return [
        Doubt(*row[:4], tuple(names[found] for ref in row[4] if (found := student_id_of(ref)) and found in names))
        for row in rows
    ]


def unknown_people(session: Session, actor: Actor) -> list[UnknownPeople]:
    rows = session.execute(
        select(Observation.device_id, Device.name, func.count(), func.max(Observation.received_at))
        .join(Device, Device.id == Observation.device_id)
        .where(
            Observation.school_id.in_(actor.schools_seen_whole),
            Observation.person_ref.is_not(None),
            Observation.student_id.is_(None),
        )
        .group_by(Observation.device_id, Device.name)
        .order_by(Device.name)
    )
    return [UnknownPeople(*row) for row in rows]


def waiting_for_a_clock(session: Session, actor: Actor) -> int:
    """Sightings whose moment is not known, because their unit's clock is not trusted."""
    found = session.scalar(
        select(func.count())
        .select_from(Observation)
        .where(Observation.school_id.in_(actor.schools_seen_whole), Observation.happened_at.is_(None))
    )
    return found or 0
