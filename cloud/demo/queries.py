"""What the demo school looks up of itself."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.kit.db import Base, among, insert, insert_rows
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student
from cloud.school.tables import SchoolClass


def pupils_by_code(session: Session, school_id: UUID) -> dict[str, Student]:
    return {one.code: one for one in session.scalars(select(Student).where(Student.school_id == school_id))}


def class_names(session: Session, school_id: UUID) -> dict[UUID, str]:
    rows = session.execute(select(SchoolClass.id, SchoolClass.name).where(SchoolClass.school_id == school_id))
    return dict(rows.all())


def first_guardian(session: Session, student_id: UUID) -> Guardian:
    return session.scalars(
        select(Guardian)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.student_id == student_id)
        .order_by(Guardian.id)
        .limit(1)
    ).one()


def staff_by_code(session: Session, school_id: UUID, code: str) -> StaffMember:
    return session.scalars(
        select(StaffMember).where(StaffMember.school_id == school_id, StaffMember.code == code)
    ).one()


def user_with_login(session: Session, login: str) -> User | None:
    return session.scalars(select(User).where(User.login == login)).one_or_none()


def collectors(session: Session, student_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Of each pupil one guardian who may collect: their id and name."""
    rows = session.execute(
        select(Guardianship.student_id, Guardian.id, Guardian.full_name)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(among(session, Guardianship.student_id, student_ids), Guardianship.may_collect)
        .order_by(Guardian.id.desc())
    )
    return {student_id: (guardian_id, name) for student_id, guardian_id, name in rows}


def add_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """All in one statement, since there are thousands."""
    if rows:
        insert_rows(session, insert(session, table), rows)
