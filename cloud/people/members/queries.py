"""All SQL of members. Whoever calls has asked `school/access.py` or `people/access.py` first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Grant, Role, Scope
from cloud.accounts.second_step.tables import SecondStep
from cloud.accounts.tables import RoleGrant, User, UserSession
from cloud.people.members.tables import Invitation
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentLogin
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Held:
    """One role of somebody in the school."""

    grant_id: UUID
    role: Role
    scope: Scope
    class_name: str | None
    grade: int | None


@dataclass(frozen=True, slots=True)
class Member:
    user_id: UUID
    display_name: str
    login: str
    last_seen_at: datetime | None
    """None while no session of theirs is open."""
    second_step: bool
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class ClassLogins:
    """How far a class is: guardians of its pupils, by whether they can log in."""

    class_id: UUID
    class_name: str
    guardians: int
    with_log_in: int
    invited: int


@dataclass(frozen=True, slots=True)
class Invitee:
    guardian_id: UUID
    full_name: str
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    id: UUID
    display_name: str
    role: Role | None
    made_at: datetime
    expires_at: datetime


def members(session: Session, school_id: UUID) -> list[Member]:
    """The staff who may log in, by name."""
    seen = (
        select(UserSession.user_id, func.max(UserSession.last_seen_at).label("at"))
        .group_by(UserSession.user_id)
        .subquery()
    )
    rows = session.execute(
        select(User, seen.c.at, SecondStep.confirmed_at, RoleGrant, SchoolClass.name)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .outerjoin(seen, seen.c.user_id == User.id)
        .outerjoin(SecondStep, SecondStep.user_id == User.id)
        .outerjoin(SchoolClass, SchoolClass.id == RoleGrant.scope_id)
        .where(RoleGrant.school_id == school_id, User.disabled_at.is_(None))
        .order_by(User.display_name, User.id, RoleGrant.id)
    )
    found: dict[UUID, tuple[User, datetime | None, bool, list[Held]]] = {}
    for user, at, confirmed_at, grant, class_name in rows:
        held = Held(grant.id, Role(grant.role), Scope(grant.scope_kind), class_name, grant.grade)
        found.setdefault(user.id, (user, at, confirmed_at is not None, []))[3].append(held)
    return [
        Member(user.id, user.display_name, user.login, at, second_step, tuple(held))
        for user, at, second_step, held in found.values()
    ]


def staff_without_log_in(session: Session, school_id: UUID) -> list[tuple[UUID, str]]:
    rows = session.execute(
        select(StaffMember.id, StaffMember.full_name)
        .where(StaffMember.school_id == school_id, StaffMember.user_id.is_(None), StaffMember.left_on.is_(None))
        .order_by(StaffMember.full_name)
    )
    return [(staff_id, name) for staff_id, name in rows]


def staff_name(session: Session, school_id: UUID, staff_id: UUID) -> str | None:
    return session.scalar(
        select(StaffMember.full_name).where(StaffMember.id == staff_id, StaffMember.school_id == school_id)
    )


def classes(session: Session, school_id: UUID) -> list[tuple[UUID, str]]:
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name)
        .where(SchoolClass.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [(class_id, name) for class_id, name in rows]


def class_logins(session: Session, school_id: UUID, now: datetime) -> list[ClassLogins]:
    invited = select(Invitation.guardian_id).where(
        Invitation.guardian_id.is_not(None), Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    rows = session.execute(
        select(
            SchoolClass.id,
            SchoolClass.name,
            func.count(func.distinct(Guardian.id)),
            func.count(func.distinct(Guardian.id)).filter(Guardian.user_id.is_not(None)),
            func.count(func.distinct(Guardian.id)).filter(Guardian.user_id.is_(None), Guardian.id.in_(invited)),
        )
        .outerjoin(Student, Student.class_id == SchoolClass.id)
        .outerjoin(Guardianship, Guardianship.student_id == Student.id)
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(SchoolClass.school_id == school_id)
        .group_by(SchoolClass.id, SchoolClass.name, SchoolClass.grade)
        .order_by(SchoolClass.grade, SchoolClass.name)
    )
    return [ClassLogins(*row) for row in rows]


def invitees(session: Session, class_id: UUID) -> list[Invitee]:
    """Guardians of a class who cannot log in yet and may see their child."""
    rows = session.execute(
        select(Guardian.id, Guardian.full_name, Student.full_name)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Student.class_id == class_id, Guardian.user_id.is_(None), Guardianship.may_see)
        .order_by(Student.full_name, Guardian.full_name, Guardian.id)
    )
    found: dict[UUID, tuple[str, list[str]]] = {}
    for guardian_id, name, child in rows:
        found.setdefault(guardian_id, (name, []))[1].append(child)
    return [Invitee(guardian_id, name, tuple(children)) for guardian_id, (name, children) in found.items()]


def open_invitations(session: Session, school_id: UUID, now: datetime) -> list[OpenInvitation]:
    """Of staff, the latest first; guardians' are counted by class."""
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.school_id == school_id, Invitation.used_at.is_(None), Invitation.expires_at > now)
        .where(Invitation.guardian_id.is_(None), Invitation.student_id.is_(None))
        .order_by(Invitation.made_at.desc())
    )
    return [
        OpenInvitation(row.id, row.display_name, Role(row.role) if row.role else None, row.made_at, row.expires_at)
        for row in rows
    ]


def add_invitation(
    session: Session,
    *,
    school_id: UUID,
    code_hash: str,
    display_name: str,
    guardian_id: UUID | None = None,
    staff_id: UUID | None = None,
    student_id: UUID | None = None,
    grant: Grant | None = None,
    made_by: UUID,
    made_at: datetime,
    expires_at: datetime,
) -> Invitation:
    """An earlier one of the same guardian, member of staff or pupil, not used yet, is worth nothing from now on."""
    same = or_(
        Invitation.guardian_id == guardian_id if guardian_id else Invitation.id.is_(None),
        Invitation.staff_id == staff_id if staff_id else Invitation.id.is_(None),
        Invitation.student_id == student_id if student_id else Invitation.id.is_(None),
    )
    session.execute(delete(Invitation).where(Invitation.used_at.is_(None), same))
    row = Invitation(
        school_id=school_id,
        code_hash=code_hash,
        display_name=display_name,
        guardian_id=guardian_id,
        staff_id=staff_id,
        student_id=student_id,
        role=grant.role if grant else None,
        scope_kind=grant.scope_kind if grant else None,
        scope_id=grant.scope_id if grant else None,
        grade=grant.grade if grant else None,
        made_by=made_by,
        made_at=made_at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row


def usable_invitation(session: Session, code_hash: str, now: datetime) -> Invitation | None:
    return session.scalars(
        select(Invitation).where(
            Invitation.code_hash == code_hash, Invitation.used_at.is_(None), Invitation.expires_at > now
        )
    ).one_or_none()


def use(session: Session, invitation: Invitation, user_id: UUID, now: datetime) -> bool:
    """Whether it was still there to be used: of two at once, one."""
    taken = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now, used_by=user_id)
        .returning(Invitation.id)
    ).first()
    if taken is None:
        return False
    if invitation.guardian_id:
        session.execute(update(Guardian).where(Guardian.id == invitation.guardian_id).values(user_id=user_id))
    if invitation.staff_id:
        session.execute(update(StaffMember).where(StaffMember.id == invitation.staff_id).values(user_id=user_id))
    if invitation.student_id:
        session.add(StudentLogin(student_id=invitation.student_id, user_id=user_id))
        session.flush()
    if invitation.role and invitation.scope_kind:
        scope = Scope(invitation.scope_kind)
        grant = Grant(Role(invitation.role), invitation.school_id, scope, invitation.scope_id, invitation.grade)
        add_grant(session, user_id, grant)
    return True


def withdraw(session: Session, school_id: UUID, invitation_id: UUID) -> bool:
    gone = session.execute(
        delete(Invitation)
        .where(Invitation.id == invitation_id, Invitation.school_id == school_id, Invitation.used_at.is_(None))
        .returning(Invitation.id)
    ).first()
    return gone is not None


def add_grant(session: Session, user_id: UUID, grant: Grant) -> None:
    """Once: a role that is held already stays as it is."""
    same = select(RoleGrant.id).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role == grant.role,
        RoleGrant.school_id == grant.school_id,
        RoleGrant.scope_kind == grant.scope_kind,
        RoleGrant.scope_id == grant.scope_id if grant.scope_id else RoleGrant.scope_id.is_(None),
        RoleGrant.grade == grant.grade if grant.grade is not None else RoleGrant.grade.is_(None),
    )
    if session.scalar(same) is not None:
        return
    session.add(
        RoleGrant(
            user_id=user_id, role=grant.role, school_id=grant.school_id, scope_kind=grant.scope_kind,
            scope_id=grant.scope_id, grade=grant.grade,
        )
    )  # fmt: skip
    session.flush()


def works_at(session: Session, school_id: UUID, user_id: UUID) -> bool:
    found = select(RoleGrant.id).where(RoleGrant.school_id == school_id, RoleGrant.user_id == user_id)
    return session.scalar(found.limit(1)) is not None


def administrators(session: Session, school_id: UUID) -> set[UUID]:
    rows = session.scalars(
        select(RoleGrant.user_id)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.school_id == school_id, RoleGrant.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
        .with_for_update(of=RoleGrant)
    )
    return set(rows)


def take_grant(session: Session, school_id: UUID, grant_id: UUID) -> tuple[UUID, Role] | None:
    """Who held what, or None if there is no such grant in this school."""
    row = session.execute(
        delete(RoleGrant)
        .where(RoleGrant.id == grant_id, RoleGrant.school_id == school_id)
        .returning(RoleGrant.user_id, RoleGrant.role)
    ).first()
    return (row[0], Role(row[1])) if row else None


def end_sessions(session: Session, user_ids: Iterable[UUID]) -> None:
    session.execute(delete(UserSession).where(UserSession.user_id.in_(list(user_ids))))
