"""The one door to pupils opens for their school and their guardians, and looks the same from outside to all others."""

import pytest

from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from cloud.people.access import children_of, student_for
from tests.cloud.small_school import small_school


def test_a_pupil_is_found_by_their_school_and_their_guardian_and_by_nobody_else(database: Database) -> None:
    school = small_school(database)
    with database.reading() as session:
        for actor in (school.alice, school.bob):
            assert student_for(session, actor, school.lan).full_name == "Nguyễn Thị Lan"
        for actor, student_id in (
            (school.bob, school.minh),
            (school.charlie, school.lan),
            (school.dave, school.lan),
            (school.alice, school.stranger),
        ):
            with pytest.raises(NotFound):
                student_for(session, actor, student_id)


def test_own_children_are_those_of_the_guardian_s_own_account(database: Database) -> None:
    school = small_school(database)
    with database.reading() as session:
        assert [child.id for child in children_of(session, school.bob)] == [school.lan]
        assert children_of(session, school.alice) == []
