"""A piece of a province as rows: schools with units at the gate, pupils, and parents with a browser."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.queries import add_session
from cloud.accounts.rules import token_hash
from cloud.accounts.tables import User
from cloud.attendance.register.check_queries import note_check
from cloud.attendance.schedule import keep_up
from cloud.devices.tables import Device
from cloud.kit.clock import school_time, system_clock
from cloud.kit.db import Database, insert, insert_rows
from cloud.kit.ids import new_id
from cloud.notifications.tables import PushSubscription
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.calendar import queries as calendar
from cloud.school.calendar.facts import Bell, BellSchedule, HalfDay, Span, Taught
from cloud.school.tables import School, SchoolClass
from scripts.loopback.push import Subscription

UNITS_OF_A_SCHOOL = 4


@dataclass(frozen=True, slots=True)
class Unit:
    device: str
    pupils: tuple[UUID, ...]
    """Who comes through this gate."""


def settle(database: Database, units: int, pupils: int, *, phones_at: str = "", logged_in: bool = False) -> list[Unit]:
    """`phones_at`: where the parents' browsers are; each pupil has one parent with one then. `logged_in`: each pupil
    has a parent whose app is logged in: the cookie is the pupil's id as hexadecimal digits."""
    land = [
        Unit(f"unit-{number:04d}", tuple(new_id() for _ in range(number, pupils, units))) for number in range(units)
    ]
    for first in range(0, units, UNITS_OF_A_SCHOOL):
        with database.writing() as session:
            _school(session, first, land[first : first + UNITS_OF_A_SCHOOL], phones_at, logged_in)
    return land


def _school(session: Session, number: int, units: list[Unit], phones_at: str, logged_in: bool) -> None:
    school = School(id=new_id(), name=f"Trường {number}", level="primary", slug=f"truong-{number}", is_demo=True)
    session.add(school)
    session.flush()
    its_class = SchoolClass(id=new_id(), school_id=school.id, name="1A", grade=1)
    session.add_all(
        [its_class, *(Device(id=one.device, school_id=school.id, name=one.device, token_hash="-") for one in units)]
    )
    session.flush()
    _give_calendar(session, school.id)
    pupils = [pupil for one in units for pupil in one.pupils]
    if not pupils:
        return
    insert_rows(
        session,
        insert(session, Student),
        [
            {
                "id": pupil, "school_id": school.id, "class_id": its_class.id, "code": pupil.hex,
                "full_name": "Trần Minh An", "search_name": "tran minh an",
            }
            for pupil in pupils
        ],
    )  # fmt: skip
    if phones_at or logged_in:
        _parents(session, school.id, pupils, phones_at, logged_in)


def _give_calendar(session: Session, school_id: UUID) -> None:
    """Today is a day of lessons, and everybody comes within the hour before the bell: whenever this runs."""
    now = school_time(system_clock())
    today = Span(now.date(), now.date())
    hour, minute = (now.hour + 1, now.minute) if now.hour < 23 else (23, 58)
    bells = (Bell(HalfDay.MORNING, 1, time(hour, minute), time(23, 59)),)
    week = tuple(Taught(weekday, HalfDay.MORNING) for weekday in range(7))
    # Not `setup.ring_bells`, which knows that no morning begins at night.
    calendar.add_year(session, school_id, "-", today, [today])
    calendar.add_schedule(session, school_id, "-", BellSchedule(today.first, 1, 1, time(0), bells, week))
    # The night's check of a school that had no lessons yesterday.
    note_check(session, school_id, today.first - timedelta(days=1), half_days=0, found=0, now=now)


def open_registers(database: Database) -> None:
    """As workers do just after midnight: everybody is entered, and not there yet."""
    with database.reading() as session:
        schools = session.scalars(select(School.id)).all()
    for school_id in schools:
        keep_up(database, school_id, system_clock)


def _parents(session: Session, school_id: UUID, pupils: list[UUID], phones_at: str, logged_in: bool) -> None:
    browser = Subscription("")  # One pair of keys for all: nobody reads what is sent.
    for pupil in pupils:
        user = User(id=new_id(), login=pupil.hex, display_name="-", password_hash="-")
        guardian = Guardian(id=new_id(), school_id=school_id, user_id=user.id, full_name="-")
        session.add(user)
        session.flush()
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=pupil))
        now = system_clock()
        if phones_at:
            session.add(
                PushSubscription(
                    user_id=user.id, endpoint=f"{phones_at}/{pupil.hex}", p256dh=browser.p256dh, auth=browser.auth,
                    created_at=now,
                )
            )  # fmt: skip
        if logged_in:
            add_session(
                session, token_hash=token_hash(pupil.hex), user_id=user.id, now=now,
                expires_at=now + timedelta(days=1), user_agent="bench",
            )  # fmt: skip
