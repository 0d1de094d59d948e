"""A school in the middle of its year: the small school with a calendar."""

import pytest

from cloud.kit.db import Database
from tests.cloud.schoolhouse import give_calendar
from tests.cloud.small_school import SmallSchool, add_school


@pytest.fixture
def a_school(database: Database) -> SmallSchool:
    with database.writing() as session:
        small = add_school(session)
        give_calendar(session, small.id)
    return small
