"""All SQL of rosters."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentRecord
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.tables import Homeroom, Subject, TeachingAssignment


@dataclass(frozen=True, slots=True)
class Roster:
    """All that is written of a school: whoever is there on a day."""

    school: School
    years: list[SchoolYear]
    terms: list[Term]
    subjects: list[Subject]
    classes: list[SchoolClass]
    pupils: list[tuple[Student, dict[str, str], list[UUID]]]
    """With the sector database's details and the guardians."""
    guardians: list[Guardian]
    staff: list[StaffMember]
    homerooms: dict[UUID, UUID]
    """Class to its homeroom teacher of the day."""
    teaching: list[TeachingAssignment]
    """Of the day's school year."""


def roster(session: Session, school_id: UUID, today: date) -> Roster:
    years = list(
        session.scalars(select(SchoolYear).where(SchoolYear.school_id == school_id).order_by(SchoolYear.first_day))
    )
    terms = list(
        session.scalars(
            select(Term)
            .join(SchoolYear, SchoolYear.id == Term.year_id)
            .where(SchoolYear.school_id == school_id)
            .order_by(Term.first_day)
        )
    )
    now = {one.id for one in years if one.first_day <= today <= one.last_day}
    of: dict[UUID, list[UUID]] = defaultdict(list)
    for student_id, guardian_id in session.execute(
        select(Guardianship.student_id, Guardianship.guardian_id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Student.school_id == school_id)
        .order_by(Guardianship.guardian_id)
    ):
        of[student_id].append(guardian_id)
    pupils = session.execute(
        select(Student, StudentRecord.details)
        .outerjoin(StudentRecord, StudentRecord.student_id == Student.id)
        .where(Student.school_id == school_id, Student.left_on.is_(None))
        .order_by(Student.code)
    )
    homerooms: dict[UUID, UUID] = {}
    for class_id, staff_id in session.execute(
        select(Homeroom.class_id, Homeroom.staff_id)
        .join(SchoolClass, SchoolClass.id == Homeroom.class_id)
        .where(SchoolClass.school_id == school_id, Homeroom.from_day <= today)
        .order_by(Homeroom.from_day)
    ):
        homerooms[class_id] = staff_id
    return Roster(
        school=session.get_one(School, school_id),
        years=years,
        terms=terms,
        subjects=list(session.scalars(select(Subject).where(Subject.school_id == school_id).order_by(Subject.code))),
        classes=list(
            session.scalars(
                select(SchoolClass)
                .where(SchoolClass.school_id == school_id)
                .order_by(SchoolClass.grade, SchoolClass.name)
            )
        ),
        pupils=[(one, details or {}, of[one.id]) for one, details in pupils],
        guardians=list(
            session.scalars(
                select(Guardian)
                .where(Guardian.school_id == school_id, Guardian.merged_into.is_(None))
                .order_by(Guardian.id)
            )
        ),
        staff=list(
            session.scalars(
                select(StaffMember)
                .where(StaffMember.school_id == school_id, StaffMember.left_on.is_(None))
                .order_by(StaffMember.code)
            )
        ),
        homerooms=homerooms,
        teaching=list(
            session.scalars(
                select(TeachingAssignment)
                .join(Term, Term.id == TeachingAssignment.term_id)
                .where(Term.year_id.in_(now))
                .order_by(TeachingAssignment.id)
            )
        ),
    )


@dataclass(frozen=True, slots=True)
class Ids:
    """Whose ids are whose already."""

    slug: str
    codes: dict[UUID, str]
    """Of the school's pupils."""
    elsewhere: frozenset[UUID]
    """Of people of other schools: they cannot be used again."""


def ids(session: Session, school_id: UUID, wanted: Collection[UUID]) -> Ids:
    elsewhere: set[UUID] = set()
    chunked = sorted(wanted)
    for start in range(0, len(chunked), 500):
        chunk = chunked[start : start + 500]
        for table in (Student, Guardian, StaffMember):
            elsewhere |= set(session.scalars(select(table.id).where(table.id.in_(chunk), table.school_id != school_id)))
    codes = dict(session.execute(select(Student.id, Student.code).where(Student.school_id == school_id)).all())
    return Ids(session.get_one(School, school_id).slug, codes, frozenset(elsewhere))
