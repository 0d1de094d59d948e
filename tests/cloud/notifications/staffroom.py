"""A homeroom teacher for the small school's class, and a second guardian for Lan, each with a log-in."""

from argon2.profiles import CHEAPEST
from sqlalchemy.orm import Session

from cloud.accounts import queries as accounts
from cloud.accounts.access import Grant, Role, Scope
from cloud.accounts.passwords import Passwords
from cloud.people.tables import Guardian, Guardianship, StaffMember
from cloud.school.timetable.tables import Homeroom
from tests.cloud.pages.people import PASSWORD, House
from tests.cloud.schoolhouse import YEAR

TEACHER, MOTHER = "mai", "carol"


def staffed(house: House) -> House:
    """mai has 1A; carol is Lan's mother, as bob is her father."""
    with house.database.writing() as session:
        _teacher(session, house)
        mother = accounts.add_user(
            session, login=MOTHER, display_name=MOTHER, password_hash=Passwords(CHEAPEST).hash(PASSWORD), locale="vi"
        )
        guardian = Guardian(school_id=house.school.id, user_id=mother.id, full_name=MOTHER, email="carol@example.vn")
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=house.school.lan))
    return house


def _teacher(session: Session, house: House) -> None:
    user = accounts.add_user(
        session, login=TEACHER, display_name="Cô Mai", password_hash=Passwords(CHEAPEST).hash(PASSWORD), locale="vi",
        grants=[Grant(Role.HOMEROOM_TEACHER, house.school.id, Scope.CLASS)],
    )  # fmt: skip
    staff = StaffMember(
        school_id=house.school.id, user_id=user.id, code="MAI", full_name="Cô Mai", search_name="", position=""
    )
    session.add(staff)
    session.flush()
    session.add(Homeroom(class_id=house.school.class_id, from_day=YEAR.first, staff_id=staff.id))
