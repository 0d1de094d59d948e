"""All SQL of guardians. Whoever calls has asked `people/access.py` or `school/access.py` first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.people.members.tables import Invitation
from cloud.people.names import search_form
from cloud.people.phones import as_dialled
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class LogIn:
    """How far a guardian, or a pupil, is with a log-in of their own."""

    user_id: UUID | None
    login: str | None
    invited_until: datetime | None
    """While an invitation waits."""


@dataclass(frozen=True, slots=True)
class Of:
    """One guardian as a pupil's page shows them."""

    guardian_id: UUID
    full_name: str
    phone: str | None
    email: str | None
    may_collect: bool
    may_see: bool
    log_in: LogIn

    @property
    def dialled(self) -> str:
        return as_dialled(self.phone)


@dataclass(frozen=True, slots=True)
class Child:
    id: UUID
    full_name: str
    class_name: str
    has_left: bool
    may_collect: bool
    may_see: bool


@dataclass(frozen=True, slots=True)
class Listed:
    id: UUID
    full_name: str
    phone: str | None
    children: tuple[str, ...]

    @property
    def dialled(self) -> str:
        return as_dialled(self.phone)


def of_pupil(session: Session, student_id: UUID, now: datetime) -> list[Of]:
    rows = session.execute(
        select(Guardian, Guardianship, User.login)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .outerjoin(User, User.id == Guardian.user_id)
        .where(Guardianship.student_id == student_id)
        .order_by(Guardian.id)
    ).all()
    invited = _invited(session, [row.id for row, _, _ in rows], now)
    return [
        Of(
            row.id, row.full_name, row.phone, row.email, link.may_collect, link.may_see,
            LogIn(row.user_id, login, None if login else invited.get(row.id)),
        )
        for row, link, login in rows
    ]  # fmt: skip


def log_in_of(session: Session, row: Guardian, now: datetime) -> LogIn:
    login = session.scalar(select(User.login).where(User.id == row.user_id)) if row.user_id else None
    return LogIn(row.user_id, login, None if login else _invited(session, [row.id], now).get(row.id))


def guardian(session: Session, school_id: UUID, guardian_id: UUID) -> Guardian | None:
    """None for one who was merged into another, too."""
    return session.scalars(
        select(Guardian).where(
            Guardian.id == guardian_id, Guardian.school_id == school_id, Guardian.merged_into.is_(None)
        )
    ).one_or_none()


def children(session: Session, guardian_id: UUID) -> list[Child]:
    rows = session.execute(
        select(Student, SchoolClass.name, Guardianship.may_collect, Guardianship.may_see)
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Guardianship.guardian_id == guardian_id)
        .order_by(Student.birth_date, Student.full_name, Student.id)
    )
    return [
        Child(row.id, row.full_name, class_name, row.left_on is not None, may_collect, may_see)
        for row, class_name, may_collect, may_see in rows
    ]


def by_phone(session: Session, school_id: UUID, phone: str) -> Guardian | None:
    """The first who has it: since there is one guardian for a number, the only one."""
    return session.scalars(
        select(Guardian).where(Guardian.school_id == school_id, Guardian.phone == phone).order_by(Guardian.id).limit(1)
    ).one_or_none()


def find(session: Session, school_id: UUID, typed: str) -> list[Listed]:
    """By words of the name, or by digits of the number; everybody for nothing typed. By given name."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for guardian_id, child, class_name in session.execute(
        select(Guardianship.guardian_id, Student.full_name, SchoolClass.name)
        .join(Student, Student.id == Guardianship.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.school_id == school_id)
        .order_by(Student.full_name)
    ):
        names[guardian_id].append(f"{child} ({class_name})")
    rows = session.execute(
        select(Guardian.id, Guardian.full_name, Guardian.phone).where(
            Guardian.school_id == school_id, Guardian.merged_into.is_(None)
        )
    )
    words = search_form(typed).split()
    digits = "".join(one for one in typed if one.isdigit()).removeprefix("0").removeprefix("84")
    found = []
    for guardian_id, full_name, phone in rows:
        searched = search_form(full_name)
        if all(word in searched for word in words) or (len(digits) >= 4 and digits in (phone or "")):
            order = searched.rsplit(" ", 1)[-1], searched, guardian_id
            found.append((order, Listed(guardian_id, full_name, phone, tuple(names[guardian_id]))))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def link(session: Session, guardian_id: UUID, student_id: UUID) -> Guardianship | None:
    return session.get(Guardianship, (guardian_id, student_id))


def links(session: Session, guardian_id: UUID) -> Sequence[Guardianship]:
    return session.scalars(select(Guardianship).where(Guardianship.guardian_id == guardian_id)).all()


def add(session: Session, row: Guardian) -> None:
    session.add(row)
    session.flush()


def add_link(session: Session, guardian_id: UUID, student_id: UUID, *, may_collect: bool, may_see: bool) -> None:
    session.add(Guardianship(guardian_id=guardian_id, student_id=student_id, may_collect=may_collect, may_see=may_see))
    session.flush()


def cut(session: Session, link: Guardianship) -> None:
    session.delete(link)
    session.flush()


def withdraw_invitations(session: Session, guardian_id: UUID) -> None:
    session.execute(delete(Invitation).where(Invitation.guardian_id == guardian_id, Invitation.used_at.is_(None)))


def _invited(session: Session, guardian_ids: Sequence[UUID], now: datetime) -> dict[UUID, datetime]:
    rows = session.execute(
        select(Invitation.guardian_id, func.max(Invitation.expires_at))
        .where(Invitation.guardian_id.in_(guardian_ids), Invitation.used_at.is_(None), Invitation.expires_at > now)
        .group_by(Invitation.guardian_id)
    )
    return {guardian_id: until for guardian_id, until in rows if guardian_id}
