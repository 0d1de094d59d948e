from datetime import UTC, date, datetime, time

import apsw
import pytest

from edge.errors import Rejected
from edge.store.classes import Classes, Lesson
from edge.store.roster import Roster

TERM = date(2026, 9, 7), date(2027, 1, 15)
MONDAY = Lesson("6A", 1, time(7, 30), time(8, 15), *TERM)


@pytest.fixture
def classes(database: apsw.Connection) -> Classes:
    classes = Classes(database)
    classes.replace_members({"6A": ["hs-1", "hs-2"], "6B": ["hs-3"]})
    classes.replace_lessons([MONDAY, Lesson("6B", 1, time(8, 20), time(9, 5), *TERM)])
    return classes


def vietnam(day: int, hour: int, minute: int) -> datetime:
    """In November 2026, as the unit's clock says it: UTC."""
    return datetime(2026, 11, day, hour - 7, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "there"),
    [
        (vietnam(16, 7, 19), set()),
        (vietnam(16, 7, 20), {"6A"}),
        (vietnam(16, 8, 9), {"6A"}),
        (vietnam(16, 8, 14), {"6A", "6B"}),
        (vietnam(16, 8, 15), {"6B"}),
        (vietnam(16, 9, 5), set()),
        (vietnam(17, 7, 30), set()),
        (datetime(2026, 8, 31, 0, 30, tzinfo=UTC), set()),
        (datetime(2027, 1, 18, 0, 30, tzinfo=UTC), set()),
    ],
)
def test_a_room_belongs_to_a_class_from_shortly_before_its_lesson_until_its_end(classes, now, there):
    assert classes.at(now) == there


def test_a_single_lesson_has_one_day(classes: Classes):
    classes.replace_lessons([Lesson("6B", 2, time(7, 30), time(8, 15), date(2026, 11, 17), date(2026, 11, 17))])
    assert (classes.at(vietnam(17, 7, 30)), classes.at(vietnam(24, 7, 30))) == ({"6B"}, set())


def test_who_is_in_a_class_is_replaced_whole_and_leaves_with_the_roster(classes: Classes, database: apsw.Connection):
    assert (classes.all(), classes.members("6A"), classes.members("7C")) == (["6A", "6B"], {"hs-1", "hs-2"}, set())
    Roster(database, bytes(32)).replace({"hs-1": []})
    assert classes.members("6A") == {"hs-2"}
    classes.replace_members({"6B": ["hs-1"]})
    assert (classes.all(), classes.members("6A")) == (["6B"], set())


@pytest.mark.parametrize(
    "bad",
    [
        Lesson("6B", 0, time(7), time(8), *TERM),
        Lesson("6B", 8, time(7), time(8), *TERM),
        Lesson("6B", 1, time(8), time(8), *TERM),
        Lesson("6B", 1, time(7), time(8), TERM[1], TERM[0]),
    ],
)
def test_a_timetable_with_a_lesson_that_cannot_be_is_refused_whole(classes: Classes, bad: Lesson):
    with pytest.raises(Rejected, match="6B"):
        classes.replace_lessons([MONDAY, bad])
    assert classes.at(vietnam(16, 8, 20)) == {"6B"}
