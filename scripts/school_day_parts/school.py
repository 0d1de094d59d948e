"""The school of the day: the demo's classes, a unit at every gate and door, and whose leave was granted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import select

from cloud.accounts.queries import add_user
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.demo.plan import demo_school
from cloud.demo.school import write_school
from cloud.demo.seed import SEED
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import SchoolClass
from scripts.school_day_parts.script import at

DAY = date(2026, 11, 16)


@dataclass(frozen=True, slots=True)
class OurSchool:
    id: UUID
    office: UUID
    """Whose word grants leave."""
    gates: tuple[str, ...]
    doors: dict[UUID, str]
    """Each pupil's classroom."""
    staff: tuple[UUID, ...]

    @property
    def units(self) -> list[str]:
        return [*self.gates, *sorted(set(self.doors.values()))]


def found(database: Database, *, classes: int | None, gates: int) -> OurSchool:
    plan = demo_school(DAY.year, random=Random(SEED))
    plan = replace(plan, classes=plan.classes[:classes])
    with database.writing() as session:
        school_id = write_school(session, plan, lambda _: None)
        user = add_user(session, login="office", display_name="Văn phòng", password_hash="-", locale="vi")
        doors = {
            class_id: f"door-{name.lower()}"
            for class_id, name in session.execute(select(SchoolClass.id, SchoolClass.name))
        }
        gate_names = tuple(f"gate-{number}" for number in range(1, gates + 1))
        for unit in (*gate_names, *doors.values()):
            session.add(Device(id=unit, school_id=school_id, name=unit, token_hash="-"))
        pupils = session.execute(select(Student.id, Student.class_id).order_by(Student.code))
        staff = tuple(session.scalars(select(StaffMember.id).order_by(StaffMember.code)))
        return OurSchool(school_id, user.id, gate_names, {pupil: doors[room] for pupil, room in pupils}, staff)


def grant_leave(database: Database, school: OurSchool, pupils: Iterable[UUID]) -> None:
    whole_day = Stretch(DAY, HalfDay.MORNING, DAY, HalfDay.AFTERNOON)
    with database.writing() as session:
        for pupil in pupils:
            request = leave.add(
                session, school_id=school.id, student_id=pupil, stretch=whole_day, reason="ốm", by=school.office,
                now=at("05:00"),
            )  # fmt: skip
            leave.take_step(session, request, ClaimState.APPROVED, by=school.office, note="", now=at("05:30"))
