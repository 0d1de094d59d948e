"""All SQL of helping somebody who cannot log in any more. Whoever calls has asked `school/access.py` first."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cloud.accounts.second_step.tables import SecondStep
from cloud.accounts.tables import RoleGrant, User
from cloud.people.members import queries
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentLogin


@dataclass(frozen=True, slots=True)
class Careful:
    """A guardian who logs in with a second step."""

    user_id: UUID
    display_name: str
    login: str


def careful_guardians(session: Session, school_id: UUID) -> list[Careful]:
    rows = session.execute(
        select(User.id, User.display_name, User.login)
        .join(SecondStep, SecondStep.user_id == User.id)
        .where(SecondStep.confirmed_at.is_not(None), User.id.in_(_guardians_log_ins(school_id)))
        .order_by(User.display_name, User.id)
    )
    return [Careful(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Opens:
    """The schools of which an account opens something."""

    as_staff_or_pupil: frozenset[UUID]
    as_family: frozenset[UUID]


def opens(session: Session, user_id: UUID) -> Opens:
    def schools(of: Select[UUID]) -> frozenset[UUID]:
        return frozenset(session.scalars(of))

    pupils = select(Student.school_id).join(StudentLogin, StudentLogin.student_id == Student.id)
    return Opens(
        as_staff_or_pupil=schools(select(RoleGrant.school_id).where(RoleGrant.user_id == user_id))
        | schools(select(StaffMember.school_id).where(StaffMember.user_id == user_id))
        | schools(pupils.where(StudentLogin.user_id == user_id)),
        as_family=schools(select(Guardian.school_id).where(Guardian.user_id == user_id)),
    )


def login_of(session: Session, user_id: UUID) -> str:
    return session.scalars(select(User.login).where(User.id == user_id)).one()


def member_name(session: Session, school_id: UUID, user_id: UUID) -> str | None:
    """Of somebody on the school's staff, with a role or without one yet."""
    on_the_list = select(StaffMember.id).where(StaffMember.school_id == school_id, StaffMember.user_id == user_id)
    if not queries.works_at(session, school_id, user_id) and session.scalar(on_the_list) is None:
        return None
    return session.scalar(select(User.display_name).where(User.id == user_id))


def belongs_to(session: Session, school_id: UUID, user_id: UUID) -> bool:
    """To its staff, or to a pupil's guardians."""
    if queries.works_at(session, school_id, user_id):
        return True
    guardian = select(User.id).where(User.id == user_id, User.id.in_(_guardians_log_ins(school_id)))
    return session.scalar(guardian) is not None


def workplaces(session: Session, user_id: UUID) -> set[UUID]:
    return set(session.scalars(select(RoleGrant.school_id).where(RoleGrant.user_id == user_id)))


def _guardians_log_ins(school_id: UUID) -> Select[UUID | None]:
    return (
        select(Guardian.user_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Student.school_id == school_id, Guardian.user_id.is_not(None))
    )
