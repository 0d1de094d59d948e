"""A family of two guardians and a child, and what they say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.biometrics.consent import Said, record
from cloud.biometrics.rules import Answer, How, Party, Standing
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import School, SchoolClass

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SMALL = date(2023, 5, 1)
"""Born so late that the child is under 7 for some years to come."""
GROWN = date(2016, 5, 1)
STAFF = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Family:
    school_id: UUID
    class_id: UUID
    child: UUID
    mother: UUID
    father: UUID
    mother_user: UUID


def settle(session: Session, *, birth_date: date | None = SMALL, slug: str = "hoa-sen", name: str = "Lan") -> Family:
    school = School(name="Hoa Sen", level="primary", slug=slug)
    session.add(school)
    session.flush()
    school_class = SchoolClass(school_id=school.id, name="1A", grade=1)
    mother_user = User(login=f"me-{slug}", display_name="Mẹ", password_hash="-")
    session.add_all([school_class, mother_user])
    session.flush()
    return add_child(session, school.id, school_class.id, mother_user.id, birth_date=birth_date, name=name)


def add_child(
    session: Session, school_id: UUID, class_id: UUID, mother_user: UUID, *, birth_date: date | None, name: str
) -> Family:
    mother = Guardian(school_id=school_id, full_name=f"Mẹ của {name}", user_id=mother_user)
    father = Guardian(school_id=school_id, full_name=f"Bố của {name}")
    child = Student(
        school_id=school_id, class_id=class_id, code=f"HS-{name}", full_name=f"Nguyễn Thị {name}",
        search_name=name.lower(), birth_date=birth_date,
    )  # fmt: skip
    session.add_all([mother, father, child])
    session.flush()
    session.add_all(Guardianship(guardian_id=guardian.id, student_id=child.id) for guardian in (mother, father))
    session.flush()
    return Family(school_id, class_id, child.id, mother.id, father.id, mother_user)


def say(session: Session, family: Family, answer: Answer, *, who: UUID | None, at: datetime = NOW) -> Standing:
    """`who` is a guardian, or None for the child."""
    return record(
        session,
        Said(
            student_id=family.child,
            party=Party.CHILD if who is None else Party.GUARDIAN,
            guardian_id=who,
            answer=answer,
            how=How.IN_PERSON,
            wording_version=1,
            wording_language="vi",
            decided_at=at,
            scan_id=None,
        ),
        recorded_by=STAFF,
        now=at,
    )
