"""All SQL of imports and exports."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kit.ids import new_id
from cloud.people.exchange.formats import Field
from cloud.people.exchange.planning import Known
from cloud.people.exchange.rows import GuardianRow, StaffRow
from cloud.people.exchange.teaching_facts import KnownStaff
from cloud.people.names import search_form
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentRecord
from cloud.school.tables import SchoolClass


def known_pupils(session: Session, school_id: UUID) -> list[Known]:
    """Every pupil of a school, by class and name; those who left are among them."""
    phones: dict[UUID, set[str]] = defaultdict(set)
    guardians: dict[UUID, set[UUID]] = defaultdict(set)
    for student_id, guardian_id, phone in session.execute(
        select(Guardianship.student_id, Guardian.id, Guardian.phone)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.school_id == school_id)
        .order_by(Guardian.id)
    ):
        guardians[student_id].add(guardian_id)
        if phone:
            phones[student_id].add(phone)
    rows = session.execute(
        select(Student, SchoolClass.name, StudentRecord.details)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(StudentRecord, StudentRecord.student_id == Student.id)
        .where(Student.school_id == school_id)
        .order_by(SchoolClass.grade, SchoolClass.name, Student.search_name, Student.id)
    )
    return [
        Known(
            student_id=student.id,
            code=student.code,
            personal_id=student.personal_id,
            full_name=student.full_name,
            birth_date=student.birth_date,
            class_name=class_name,
            left_on=student.left_on,
            details=tuple((field, details[field]) for field in Field if details and field in details),
            phones=frozenset(phones[student.id]),
            guardian_ids=frozenset(guardians[student.id]),
        )
        for student, class_name, details in rows
    ]


def classes_by_name(session: Session, school_id: UUID) -> dict[str, UUID]:
    rows = session.execute(select(SchoolClass.name, SchoolClass.id).where(SchoolClass.school_id == school_id))
    return dict(rows.all())


def grades_by_class(session: Session, school_id: UUID) -> dict[str, int]:
    rows = session.execute(select(SchoolClass.name, SchoolClass.grade).where(SchoolClass.school_id == school_id))
    return dict(rows.all())


def guardians_by_phone(session: Session, school_id: UUID) -> dict[str, UUID]:
    rows = session.execute(
        select(Guardian.phone, Guardian.id)
        .where(Guardian.school_id == school_id, Guardian.phone.is_not(None))
        .order_by(Guardian.id.desc())
    )
    return {phone: guardian_id for phone, guardian_id in rows if phone}


def student(session: Session, student_id: UUID) -> Student:
    return session.get_one(Student, student_id)


def add_students(session: Session, rows: Sequence[Student]) -> None:
    session.add_all(rows)
    session.flush()


def add_details(session: Session, by_pupil: Mapping[UUID, Mapping[Field, str]]) -> None:
    """Of pupils who have none yet."""
    session.add_all(
        StudentRecord(student_id=student_id, details={field.value: text for field, text in details.items()})
        for student_id, details in by_pupil.items()
        if details
    )
    session.flush()


def keep_details(session: Session, student_id: UUID, details: Mapping[Field, str]) -> None:
    """Adds to what is known; an empty cell takes nothing away."""
    row = session.get(StudentRecord, student_id)
    if row is None:
        add_details(session, {student_id: details})
    else:
        row.details = {**row.details, **{field.value: text for field, text in details.items()}}


def guardian_ids(session: Session, school_id: UUID) -> frozenset[UUID]:
    return frozenset(session.scalars(select(Guardian.id).where(Guardian.school_id == school_id)))


def add_guardian(session: Session, school_id: UUID, one: GuardianRow) -> None:
    session.add(
        Guardian(id=one.guardian_id, school_id=school_id, full_name=one.full_name, phone=one.phone, email=one.email)
    )
    session.flush()


def known_staff(session: Session, school_id: UUID) -> list[KnownStaff]:
    """By number; those who left are among them."""
    rows = session.execute(
        select(StaffMember.id, StaffMember.code, StaffMember.full_name, StaffMember.left_on, StaffMember.position)
        .where(StaffMember.school_id == school_id)
        .order_by(StaffMember.code)
    )
    return [KnownStaff(*row) for row in rows]


def add_staff(session: Session, school_id: UUID, row: StaffRow, today: date) -> None:
    session.add(
        StaffMember(
            id=row.staff_id or new_id(), school_id=school_id, code=row.code, full_name=row.full_name,
            search_name=search_form(row.full_name), position=row.position, joined_on=today,
        )
    )  # fmt: skip


def change_staff(session: Session, staff_id: UUID, fields: Collection[str], row: StaffRow) -> None:
    """`fields`: those that are to be as the row says."""
    member = session.get_one(StaffMember, staff_id)
    if Field.FULL_NAME in fields:
        member.full_name, member.search_name = row.full_name, search_form(row.full_name)
    if Field.POSITION in fields:
        member.position = row.position


def link(session: Session, guardian_id: UUID, student_id: UUID) -> None:
    if session.get(Guardianship, (guardian_id, student_id)) is None:
        session.add(Guardianship(guardian_id=guardian_id, student_id=student_id))


def add_links(session: Session, links: Iterable[tuple[UUID, UUID]]) -> None:
    """Guardian and pupil, of pupils who have none yet."""
    session.add_all(Guardianship(guardian_id=guardian_id, student_id=student_id) for guardian_id, student_id in links)
    session.flush()
