"""A chip means one pupil, and is not taken from another unseen."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import update

from cloud.cards import queries
from cloud.cards.chips import give, take
from cloud.kit.db import Database
from cloud.kit.errors import Conflict
from cloud.people.access import Pupil
from cloud.people.tables import Student
from tests.cloud.small_school import MORNING, SmallSchool, small_school

DAY = date(2026, 11, 16)


def chips_of(database: Database, school: SmallSchool) -> dict[UUID, str]:
    with database.reading() as session:
        return {student_id: value for value, student_id in queries.chips(session, school.id, DAY)}


def test_a_chip_means_one_pupil_until_it_is_taken_from_them_or_they_leave(database: Database) -> None:
    school = small_school(database)
    lan, minh = (Pupil(one, school.id, "x", "1A") for one in (school.lan, school.minh))
    with database.writing() as session:
        give(session, school.alice, lan, " 04a1b2c3 ", MORNING)
        give(session, school.alice, lan, "04A1B2C3", MORNING)
    assert chips_of(database, school) == {school.lan: "04A1B2C3"}
    for who, said in ((school.alice, "Nguyễn Thị Lan's, of class 1A"), (school.bob, "another pupil's")):
        with database.writing() as session, pytest.raises(Conflict, match=said):
            give(session, who, minh, "04A1B2C3", MORNING)
    with database.writing() as session:
        session.execute(update(Student).where(Student.id == school.lan).values(left_on=DAY))
    assert chips_of(database, school) == {}, "units are told of nobody who has left"
    with database.writing() as session:
        give(session, school.alice, minh, "04A1B2C3", MORNING)
    assert chips_of(database, school) == {school.minh: "04A1B2C3"}
    with database.writing() as session:
        take(session, school.alice, minh, MORNING)
        take(session, school.alice, minh, MORNING)
    assert chips_of(database, school) == {}
