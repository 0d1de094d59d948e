"""A small made-up school to test with: alice runs it, bob is Lan's father, charlie belongs to another school."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Grant, Role
from cloud.accounts.tables import RoleGrant, User
from cloud.devices.tables import Device, UnitWatch
from cloud.kit.clock import school_day
from cloud.kit.db import Database
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import School, SchoolClass
from edge.contract import ClockReading, EventBatch, Method, Outcome, Sighting

MORNING = datetime(2026, 11, 16, 0, 7, tzinfo=UTC)
"""07:07 of a Monday where the school stands."""
WINDOW = timedelta(seconds=60)
BOOT = UUID("6f1f9a52-6a1f-4d57-9d0c-4f27b8f6f001")
SESSION = UUID("01990000-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class SmallSchool:
    id: UUID
    class_id: UUID
    lan: UUID
    minh: UUID
    stranger: UUID
    """A pupil of another school."""
    alice: Actor
    bob: Actor
    charlie: Actor
    dave: Actor
    """Administrator of the other school."""


def add_school(session: Session) -> SmallSchool:
    ours, other = School(name="A", level="primary", slug="a"), School(name="B", level="primary", slug="b")
    session.add_all([ours, other])
    session.flush()
    class_1a = SchoolClass(school_id=ours.id, name="1A", grade=1)
    class_9z = SchoolClass(school_id=other.id, name="9Z", grade=9)
    session.add_all([class_1a, class_9z])
    session.flush()
    lan, minh = _student(class_1a, "1", "Nguyễn Thị Lan"), _student(class_1a, "2", "Trần Văn Minh")
    stranger = _student(class_9z, "1", "Lê Thu Hà")
    session.add_all([lan, minh, stranger])
    for device_id, school in (("gate-1", ours), ("gate-2", ours), ("other-gate", other)):
        session.add(Device(id=device_id, school_id=school.id, name=device_id, token_hash="0" * 64))
    users = {
        name: User(login=name, display_name=name, password_hash="-") for name in ("alice", "bob", "charlie", "dave")
    }
    session.add_all(users.values())
    session.flush()
    for name, school in (("alice", ours), ("dave", other)):
        session.add(RoleGrant(user_id=users[name].id, role=Role.ADMINISTRATOR, school_id=school.id))
    for name, child in (("bob", lan), ("charlie", stranger)):
        guardian = Guardian(
            school_id=child.school_id, user_id=users[name].id, full_name=name, email=f"{name}@example.vn"
        )
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=child.id))

    def actor(name: str, *schools: UUID) -> Actor:
        return Actor(
            users[name].id,
            name,
            "vi",
            school_day(MORNING),
            tuple(Grant(Role.ADMINISTRATOR, school_id) for school_id in schools),
        )

    return SmallSchool(
        ours.id, class_1a.id, lan.id, minh.id, stranger.id,
        actor("alice", ours.id), actor("bob"), actor("charlie"), actor("dave", other.id),
    )  # fmt: skip


def _student(school_class: SchoolClass, code: str, name: str) -> Student:
    return Student(
        school_id=school_class.school_id,
        class_id=school_class.id,
        code=code,
        full_name=name,
        search_name=name.lower(),
        birth_date=None,
    )


def add_pupils(session: Session, school: SmallSchool, number: int) -> None:
    """More of class 1A."""
    session.add_all(
        Student(school_id=school.id, class_id=school.class_id, code=f"N{one}", full_name=f"Em {one}", search_name="em")
        for one in range(number)
    )
    session.flush()


def watching(
    session: Session,
    device_id: str = "gate-1",
    *,
    since: datetime = MORNING - timedelta(days=70),
    until: datetime = MORNING + timedelta(days=200),
) -> None:
    """The unit was known to be watching all the while: who was not seen was not there."""
    session.add(UnitWatch(device_id=device_id, session=SESSION, since=since, until=until, ended=False))
    session.flush()


def small_school(database: Database) -> SmallSchool:
    with database.writing() as session:
        return add_school(session)


def sighting(
    seq: int,
    person: UUID | str | None = None,
    *,
    at: datetime = MORNING,
    trusted: bool = True,
    monotonic_ms: int = 0,
    **more: object,
) -> Sighting:
    values: dict[str, object] = {"outcome": Outcome.IDENTIFIED if person else Outcome.UNKNOWN, **more}
    return Sighting(
        seq=seq,
        captured_at=at,
        clock=ClockReading(boot_id=BOOT, monotonic_ms=monotonic_ms, trusted=trusted),
        method=Method.FACE,
        person=str(person) if person else None,
        **values,  # type: ignore[arg-type]
    )


def batch(*sightings: Sighting, device: str = "gate-1", sent_at: datetime = MORNING) -> bytes:
    return EventBatch(device=device, session=SESSION, sent_at=sent_at, events=sightings).encode()
