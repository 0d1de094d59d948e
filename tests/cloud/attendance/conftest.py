"""A school in the middle of its year: the small school with a calendar, and a gate that watches."""

import pytest

from cloud.kit.db import Database
from tests.cloud.schoolhouse import give_calendar
from tests.cloud.small_school import SmallSchool, add_school, watching


@pytest.fixture
def a_school(database: Database) -> SmallSchool:
    with database.writing() as session:
        small = add_school(session)
        give_calendar(session, small.id)
        watching(session)
    return small
