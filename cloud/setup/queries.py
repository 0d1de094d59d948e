"""What the pages of setting up look up of the school. Whoever calls has asked `school/access.py` first."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cloud.accounts.tables import RoleGrant
from cloud.devices.tables import Device
from cloud.kit.db import Base
from cloud.people.tables import StaffMember, Student
from cloud.school.tables import SchoolClass
from cloud.setup.month import NamedClass


@dataclass(frozen=True, slots=True)
class Counts:
    classes: int
    pupils: int
    staff: int
    members: int
    """Users with a role here."""
    units: int


@dataclass(frozen=True, slots=True)
class Teacher:
    id: UUID
    code: str
    full_name: str
    left_on: date | None

    def works_on(self, day: date) -> bool:
        return self.left_on is None or day < self.left_on


def classes(session: Session, school_id: UUID) -> list[NamedClass]:
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name, SchoolClass.grade)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [NamedClass(*row) for row in rows]


def staff(session: Session, school_id: UUID) -> list[Teacher]:
    """Everybody who is or was staff, by name: what they taught stays theirs."""
    rows = session.execute(
        select(StaffMember.id, StaffMember.code, StaffMember.full_name, StaffMember.left_on)
        .where(StaffMember.school_id == school_id)
        .order_by(StaffMember.full_name, StaffMember.code)
    )
    return [Teacher(*row) for row in rows]


def pupils_by_class(session: Session, school_id: UUID) -> dict[UUID, int]:
    rows = session.execute(
        select(Student.class_id, func.count())
        .where(Student.school_id == school_id, Student.left_on.is_(None))
        .group_by(Student.class_id)
    )
    return dict(rows.all())


def counts(session: Session, school_id: UUID) -> Counts:
    def count(table: type[Base], *more: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*more)) or 0

    members = select(func.count(func.distinct(RoleGrant.user_id))).where(RoleGrant.school_id == school_id)
    return Counts(
        classes=count(SchoolClass, SchoolClass.school_id == school_id),
        pupils=count(Student, Student.school_id == school_id, Student.left_on.is_(None)),
        staff=count(StaffMember, StaffMember.school_id == school_id, StaffMember.left_on.is_(None)),
        members=session.scalar(members) or 0,
        units=count(Device, Device.school_id == school_id),
    )


def staff_of_user(session: Session, school_id: UUID, user_id: UUID) -> UUID | None:
    """Whom a user is among the school's staff."""
    return session.scalar(
        select(StaffMember.id).where(StaffMember.school_id == school_id, StaffMember.user_id == user_id)
    )
