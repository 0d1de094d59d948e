"""All SQL of people that is not about who may see them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.kit.db import among
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Contact:
    """A guardian as somebody to write to. `locale` is None for one who has no account."""

    guardian_id: UUID
    user_id: UUID | None
    email: str | None
    phone: str | None
    locale: str | None


def person_ref(student_id: UUID) -> str:
    """How units know this pupil: opaque, and never a name."""
    return str(student_id)


def student_id_of(person_ref: str) -> UUID | None:
    """The pupil that a reference would mean, if there is one; None for what is no reference of ours."""
    try:
        return UUID(person_ref)
    except ValueError:
        return None


def schools_of_students(session: Session, student_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The school of each pupil that exists."""
    rows = session.execute(select(Student.id, Student.school_id).where(among(session, Student.id, student_ids)))
    return dict(rows.all())


def hold_students(session: Session, student_ids: Collection[UUID]) -> None:
    """Until the transaction ends no other one that holds any of these pupils goes on: what follows from their
    observations is computed by one transaction at a time. (SQLite has one writer anyway.)"""
    session.execute(
        select(Student.id)
        .where(among(session, Student.id, student_ids))
        .order_by(Student.id)
        .with_for_update(key_share=True)
    ).all()


def contacts_of(session: Session, student_ids: Collection[UUID]) -> defaultdict[UUID, list[Contact]]:
    """Of each pupil, the guardians who may see what concerns them."""
    found: defaultdict[UUID, list[Contact]] = defaultdict(list)
    rows = session.execute(
        select(Guardianship.student_id, Guardian.id, Guardian.user_id, Guardian.email, Guardian.phone, User.locale)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .outerjoin(User, User.id == Guardian.user_id)
        .where(among(session, Guardianship.student_id, student_ids), Guardianship.may_see)
        .order_by(Guardian.id)
    )
    for student_id, guardian_id, user_id, email, phone, locale in rows:
        found[student_id].append(Contact(guardian_id, user_id, email, phone, locale))
    return found


def contacts_among(session: Session, pairs: Collection[tuple[UUID, UUID]]) -> list[tuple[UUID, Contact]]:
    """Of pairs of guardian and child: the child, and the guardian as somebody to write to, unless they may not see
    what concerns this child any more."""
    contacts = contacts_of(session, {child_id for _, child_id in pairs})
    return [
        (child_id, contact)
        for guardian_id, child_id in pairs
        for contact in contacts[child_id]
        if contact.guardian_id == guardian_id
    ]


def names_and_classes(session: Session, student_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """By pupil; not of one who is no more."""
    rows = session.execute(
        select(Student.id, Student.full_name, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(among(session, Student.id, student_ids))
    )
    return {student_id: (name, class_name) for student_id, name, class_name in rows}
