"""All SQL of the staff list. Whoever calls has asked `school/access.py` first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant, User
from cloud.people.members.tables import Invitation
from cloud.people.names import search_form
from cloud.people.tables import StaffMember
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import Homeroom


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    code: str
    full_name: str
    position: str
    left_on: date | None
    login: str | None
    roles: tuple[Role, ...]


def find(session: Session, school_id: UUID, *, typed: str, gone: bool) -> list[Line]:
    """By given name. `typed` are words of the name, without diacritics if need be, or the whole code."""
    roles: dict[UUID, list[Role]] = defaultdict(list)
    for user_id, role in session.execute(
        select(RoleGrant.user_id, RoleGrant.role).where(RoleGrant.school_id == school_id).order_by(RoleGrant.id)
    ):
        if Role(role) not in roles[user_id]:
            roles[user_id].append(Role(role))
    rows = session.execute(
        select(StaffMember, User.login)
        .outerjoin(User, User.id == StaffMember.user_id)
        .where(StaffMember.school_id == school_id)
        .where(StaffMember.left_on.is_not(None) if gone else StaffMember.left_on.is_(None))
    ).all()
    words = search_form(typed).split()
    found = []
    for row, login in rows:
        searched = search_form(row.full_name)
        if all(word in searched for word in words) or row.code == typed.strip():
            held = tuple(roles[row.user_id]) if row.user_id else ()
            line = Line(row.id, row.code, row.full_name, row.position, row.left_on, login, held)
            found.append(((searched.rsplit(" ", 1)[-1], searched, row.id), line))
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def member(session: Session, school_id: UUID, staff_id: UUID) -> StaffMember | None:
    return session.scalars(
        select(StaffMember).where(StaffMember.id == staff_id, StaffMember.school_id == school_id)
    ).one_or_none()


def log_in(session: Session, row: StaffMember) -> str | None:
    return session.scalar(select(User.login).where(User.id == row.user_id)) if row.user_id else None


def grants(session: Session, school_id: UUID, user_id: UUID) -> Sequence[tuple[UUID, Role]]:
    rows = session.execute(
        select(RoleGrant.id, RoleGrant.role)
        .where(RoleGrant.school_id == school_id, RoleGrant.user_id == user_id)
        .order_by(RoleGrant.id)
    )
    return [(grant_id, Role(role)) for grant_id, role in rows]


def homerooms(session: Session, staff_id: UUID, today: date) -> list[str]:
    """The classes whose homeroom teacher they are today."""
    later = aliased(Homeroom)
    rows = session.scalars(
        select(SchoolClass.name)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .where(
            Homeroom.staff_id == staff_id,
            Homeroom.from_day <= today,
            ~exists().where(
                later.class_id == Homeroom.class_id, later.from_day > Homeroom.from_day, later.from_day <= today
            ),
        )
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return list(rows)


def has_code(session: Session, school_id: UUID, code: str, *, besides: UUID | None) -> bool:
    found = select(StaffMember.id).where(StaffMember.school_id == school_id, StaffMember.code == code)
    if besides is not None:
        found = found.where(StaffMember.id != besides)
    return session.scalar(found.limit(1)) is not None


def how_many(session: Session, school_id: UUID) -> int:
    return session.scalar(select(func.count()).where(StaffMember.school_id == school_id)) or 0


def add(session: Session, row: StaffMember) -> None:
    session.add(row)
    session.flush()


def withdraw_invitations(session: Session, staff_id: UUID) -> None:
    session.execute(delete(Invitation).where(Invitation.staff_id == staff_id, Invitation.used_at.is_(None)))
