"""What was kept aside is shown to the school it came from, until somebody there has looked at it."""

import pytest

from cloud.attendance.ingest import ingest
from cloud.attendance.queries.set_aside import open_problems, settle_problem
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from tests.cloud.small_school import MORNING, WINDOW, small_school


def test_a_problem_is_shown_to_its_school_and_settled_by_it_alone(database: Database) -> None:
    school = small_school(database)
    ingest(database, [Delivery("gate-1", b"nonsense")], clock=lambda: MORNING, window=WINDOW)
    with database.writing() as session:
        [problem] = open_problems(session, school.alice)
        assert (problem.device_id, problem.school_id, problem.kind) == ("gate-1", school.id, "malformed")
        for outsider in (school.bob, school.charlie, school.dave):
            assert open_problems(session, outsider) == []
            with pytest.raises(NotFound):
                settle_problem(session, outsider, problem.id, now=MORNING)
        settle_problem(session, school.alice, problem.id, now=MORNING)
        assert open_problems(session, school.alice) == []


def test_what_came_from_no_unit_of_ours_is_shown_to_those_who_run_a_school(database: Database) -> None:
    school = small_school(database)
    ingest(database, [Delivery("gate-99", b"nonsense")], clock=lambda: MORNING, window=WINDOW)
    with database.reading() as session:
        assert [one.device_id for one in open_problems(session, school.alice)] == ["gate-99"]
        assert open_problems(session, school.bob) == []
