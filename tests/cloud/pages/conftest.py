from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cloud.accounts.tables import RoleGrant
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import sighting, watching


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    """On SQLite: that the queries say the same on PostgreSQL is tested where they are."""
    with _house(tmp_path, open_migrated) as house:
        yield house


@pytest.fixture
def taught(house: House) -> House:
    """With a calendar, and with units that are heard of all the time."""
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        watching(session)
    return house


@pytest.fixture
def lessons(taught: House) -> House:
    """Monday, 07:50: Lan came at 07:42, Minh was not seen; charlie is the class's homeroom teacher."""
    school = taught.school
    with taught.database.writing() as session:
        session.add(
            RoleGrant(
                user_id=school.charlie.user_id, role="homeroom_teacher", school_id=school.id,
                scope_kind="class", scope_id=school.class_id,
            )
        )  # fmt: skip
    taught.clock.now = at("07:50")
    taught.report(sighting(1, school.lan, at=at("07:42")))
    return taught


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    """For tests that only look."""
    with _house(tmp_path_factory.mktemp("house"), open_migrated) as house:
        yield house


@contextmanager
def _house(folder: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{folder}/cloud.sqlite3")
    with open_house(database) as house:
        yield house
    database.close()
