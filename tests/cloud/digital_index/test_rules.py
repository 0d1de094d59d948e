"""The vectors of Decision 4725/QĐ-BGDĐT: levels, and mandatory items that are missing."""

import itertools
from pathlib import Path

import pytest

from cloud.digital_index.criteria import OURS, read_criteria
from cloud.digital_index.rules import Answer, Level, level_of, read_points, standings
from cloud.kit.errors import Invalid, Misconfigured

CRITERIA = read_criteria()
MOST = {code: part.most for item in CRITERIA.items for code, part in item.scored.items()}
THERE = {item.code: Answer(there=True) for item in CRITERIA.items if item.mandatory}


@pytest.mark.parametrize(("points", "level"), [(0, 1), (49, 1), (49.5, 1), (50, 2), (75, 2), (75.5, 3), (100, 3)])
def test_a_level_follows_from_the_points_of_its_group(points: float, level: int) -> None:
    assert level_of(points) == level


def test_the_items_and_points_are_those_of_the_decision() -> None:
    of_items = {item.code: sum(part.most for part in item.scored.values()) for item in CRITERIA.items}
    assert of_items == {
        "1.1": 0, "1.2": 0, "1.3": 30, "1.4": 10, "1.5": 20, "1.6": 20, "1.7": 20,
        "2.1": 0, "2.2": 0, "2.3": 70, "2.4": 30,
    }  # fmt: skip
    assert list(THERE) == ["1.1", "1.2", "2.1", "2.2"]
    assert [MOST[f"1.3.{number}"] for number in range(1, 6)] == [6] * 5
    assert [MOST[f"2.3.{number}"] for number in range(1, 10)] == [6, 6, 10, 6, 10, 10, 6, 6, 10]


def test_the_groups_are_levelled_separately() -> None:
    teaching, running = standings(CRITERIA, {code: Answer(most) for code, most in MOST.items() if code < "2"})
    assert (teaching.points, teaching.level) == (100, Level.THREE)
    assert (running.points, running.level) == (0, Level.ONE)


@pytest.mark.parametrize("left_out", THERE)
def test_a_mandatory_item_that_is_missing_is_flagged_whatever_the_points(left_out: str) -> None:
    full = {code: Answer(most) for code, most in MOST.items()} | THERE
    assert [one.missing for one in standings(CRITERIA, full)] == [(), ()]
    del full[left_out]
    found = standings(CRITERIA, full)
    assert [item.code for item in itertools.chain(*(one.missing for one in found))] == [left_out]
    assert [one.points for one in found] == [100, 100]


def test_points_above_what_a_changed_list_gives_count_as_its_most() -> None:
    assert standings(CRITERIA, {"1.4": Answer(25)})[0].points == 10


@pytest.mark.parametrize(("text", "points"), [("", 0), ("7", 7), ("7,5", 7.5), (" 6.5 ", 6.5), ("8", 8)])
def test_points_are_read_as_people_write_them(text: str, points: float) -> None:
    assert read_points(text, 8) == points


@pytest.mark.parametrize("text", ["8.5", "-1", "7.3", "seven", "nan", "inf", "1e400", "1_0"])
def test_what_is_no_half_of_a_point_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_points(text, 8)


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("most = 10\n", "most = 11\n", "the points make 101, not 100"),
        ('code = "1.2"', 'code = "1.1"', "twice: 1.1"),
        ('code = "1.4"', 'code = "1.4"\nmandatory = true', "1.4: either mandatory"),
        ("[[groups]]", "[groups]", "cannot be read"),
        ('code = "1.4"', 'colour = "red"\ncode = "1.4"', "groups.0.items.3.colour"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    file = tmp_path / "criteria.toml"
    file.write_text(OURS.read_text(encoding="utf-8").replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(Misconfigured, match=says):
        read_criteria(file)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_criteria(tmp_path / "nowhere.toml")
