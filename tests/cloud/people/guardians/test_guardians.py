"""Who may see and collect a pupil, and when: at once, by one number, by one person."""

from uuid import UUID

import pytest
from sqlalchemy import select

from cloud.accounts.tables import User
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from cloud.people.access import children_of, student_for
from cloud.people.guardians import keeping, queries
from cloud.people.guardians.keeping import May, SamePerson, Typed
from cloud.people.tables import Guardian
from tests.cloud.small_school import MORNING, SmallSchool, small_school

BOTH = May(collect=True, see=True)
GRANNY = Typed("Nguyễn Thị Bà", "0987 654 321")


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def add(
    database: Database, school: SmallSchool, student: UUID, typed: Typed = GRANNY, may: May = BOTH, **more: UUID
) -> UUID:
    with database.writing() as session:
        return keeping.add(session, school.alice, school.id, student, typed, may, MORNING, **more)


def test_one_number_is_one_guardian_and_another_name_has_to_be_confirmed(
    database: Database, school: SmallSchool
) -> None:
    first = add(database, school, school.lan)
    assert add(database, school, school.minh, Typed("nguyễn thị bà", "+84 987 654 321")) == first
    with pytest.raises(Conflict, match="already"):
        add(database, school, school.minh)
    with pytest.raises(SamePerson, match="Nguyễn Thị Bà"):
        add(database, school, school.lan, Typed("Ông Khác", "84987654321"))
    with database.reading() as session:
        assert [one.full_name for one in queries.children(session, first)] == ["Nguyễn Thị Lan", "Trần Văn Minh"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (Typed("x", "1234"), "write 0987654321"),
        (Typed(" ", "0987654321"), "1 to 120"),
        (Typed("x", "", "no address"), "e-mail address"),
    ],
)
def test_what_cannot_be_a_guardian_is_refused_in_words(
    database: Database, school: SmallSchool, typed: Typed, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        add(database, school, school.lan, typed)


def test_merged_guardians_are_one_with_the_narrower_rights_and_one_log_in(
    database: Database, school: SmallSchool
) -> None:
    """Bob is there twice: once with his log-in, once from a file, with a number and another child."""
    twin = add(database, school, school.lan, may=May(collect=False, see=True))
    add(database, school, school.minh)
    with database.writing() as session:
        bob = session.scalars(select(Guardian).where(Guardian.user_id == school.bob.user_id)).one()
        keeping.merge(session, school.alice, session.get_one(Guardian, twin), bob, MORNING)
        with pytest.raises(Invalid):
            keeping.merge(session, school.alice, bob, bob, MORNING)
    with database.reading() as session:
        assert {one.full_name for one in children_of(session, school.bob)} == {"Nguyễn Thị Lan", "Trần Văn Minh"}
        of_lan = queries.of_pupil(session, school.lan, MORNING)
        assert [(one.guardian_id, one.may_collect, one.phone) for one in of_lan] == [(bob.id, False, "84987654321")]
        assert queries.guardian(session, school.id, twin) is None
        assert [one.id for one in queries.find(session, school.id, "0987654")] == [bob.id]


def test_of_two_log_ins_that_of_the_one_who_stays_is_kept(database: Database, school: SmallSchool) -> None:
    twin = add(database, school, school.minh)
    with database.writing() as session:
        user = User(login="bob2", display_name="bob", password_hash="-")
        session.add(user)
        session.flush()
        row = session.get_one(Guardian, twin)
        row.user_id = user.id
        session.flush()
        bob = session.scalars(select(Guardian).where(Guardian.user_id == school.bob.user_id)).one()
        keeping.merge(session, school.alice, row, bob, MORNING)
        assert session.get_one(User, user.id, populate_existing=True).disabled_at == MORNING
        assert student_for(session, school.bob, school.minh).id == school.minh
