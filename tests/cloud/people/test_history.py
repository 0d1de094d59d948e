"""Class moves, leaving and returning: any day can be read."""

from datetime import date, timedelta

import pytest

from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from cloud.people import history_queries as history
from cloud.people.search_queries import find_pupils
from cloud.people.tables import Guardianship, Student
from cloud.school.tables import SchoolClass
from tests.cloud.schoolhouse import at
from tests.cloud.small_school import SmallSchool, small_school

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def test_every_day_knows_who_was_in_which_class(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        other = SchoolClass(school_id=school.id, name="1B", grade=1)
        session.add(other)
        session.flush()
        lan = session.get_one(Student, school.lan)
        history.move(session, lan, other.id, OCTOBER, "Chuyển lớp", by=None, now=at("08:00"))
        history.leave(session, lan, NOVEMBER, "Chuyển trường", by=None, now=at("08:00"))
        history.come_back(session, lan, school.class_id, DECEMBER, "Quay lại", by=None, now=at("08:00"))
        other_id = other.id
    with database.reading() as session:
        seen = [
            found.id if (found := history.classes_on(session, school.id, day).get(school.lan)) else None
            for day in (OCTOBER - timedelta(days=1), OCTOBER, NOVEMBER - timedelta(days=1), NOVEMBER, DECEMBER)
        ]
        minh = history.classes_on(session, school.id, NOVEMBER, [school.minh])
    assert seen == [school.class_id, other_id, other_id, None, school.class_id]
    assert list(minh) == [school.minh]


def test_history_is_written_forward_and_within_the_school(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        lan = session.get_one(Student, school.lan)
        stranger = session.get_one(Student, school.stranger)
        history.leave(session, lan, NOVEMBER, "Chuyển trường", by=None, now=at("08:00"))
        with pytest.raises(Conflict, match="left already"):
            history.leave(session, lan, DECEMBER, "x", by=None, now=at("08:00"))
        with pytest.raises(Conflict, match="last step"):
            history.come_back(session, lan, school.class_id, OCTOBER, "x", by=None, now=at("08:00"))
        with pytest.raises(Invalid, match="not one of this school's"):
            history.move(session, stranger, school.class_id, OCTOBER, "x", by=None, now=at("08:00"))


def test_a_pupil_is_found_without_diacritics_by_those_who_may_see_them(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        session.get_one(Student, school.lan).search_name = "nguyen thi lan"
    with database.reading() as session:
        for typed in ("lan nguyen", "LÀN", "Nguyễn"):
            assert [one.id for one in find_pupils(session, school.alice, typed)] == [school.lan]
        assert [one.id for one in find_pupils(session, school.bob, "lan")] == [school.lan]
        assert find_pupils(session, school.charlie, "lan") == find_pupils(session, school.dave, "lan") == []
        assert find_pupils(session, school.alice, "%") == find_pupils(session, school.alice, " ") == []


def test_a_guardian_who_may_not_see_a_child_is_an_outsider(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        for link in session.query(Guardianship).filter(Guardianship.student_id == school.lan):
            link.may_see = False
    with database.reading() as session:
        assert find_pupils(session, school.bob, "lan") == []
