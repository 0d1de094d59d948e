from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from edge.clock import SystemClock
from edge.contract import ClockReading
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.classes import Classes, Lesson
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.roster import Enrolled, Roster
from edge.vision.match import Expected
from tests.edge.sightings import record

KEY = bytes(32)


def somebody(person: str, model: str = "55533b28") -> Enrolled:
    seed = sum(person.encode())
    return Enrolled(person, np.random.default_rng(seed).normal(0, 0.1, 128).astype(np.float32), model, 0.9)


@pytest.fixture
def other_process(tmp_path: Path) -> Roster:
    return Roster(connect(tmp_path), KEY)


@pytest.fixture
def gallery(tmp_path: Path) -> RosterGallery:
    connection = connect(tmp_path)
    return RosterGallery(connection, Roster(connection, KEY), "55533b28")


def test_somebody_enrolled_by_another_process_is_known_at_once(gallery: RosterGallery, other_process: Roster):
    assert gallery().people == ()
    other_process.replace({"hs-1": [somebody("hs-1")]})
    assert gallery().people == ("hs-1",)
    match = gallery().match(somebody("hs-1").template, "55533b28")
    assert match is not None
    assert match.distance < 1e-3


def test_somebody_taken_off_matches_nobody_any_more(gallery: RosterGallery, other_process: Roster):
    other_process.replace({"hs-1": [somebody("hs-1")]})
    assert len(gallery()) == 1
    other_process.replace({"hs-1": []})
    assert len(gallery()) == 0


def test_the_uplinks_commits_do_not_make_it_read_again(gallery: RosterGallery, other_process: Roster, tmp_path: Path):
    other_process.replace({"hs-1": [somebody("hs-1")]})
    before = gallery()
    record(Outbox(connect(tmp_path), SystemClock()), 3)
    assert gallery() is before


def test_people_enrolled_with_another_model_are_counted_in_the_log_and_left_out(
    gallery: RosterGallery, other_process: Roster, caplog: pytest.LogCaptureFixture
):
    other_process.replace({"hs-1": [somebody("hs-1", model="old")], "hs-2": [somebody("hs-2")]})
    assert gallery().people == ("hs-2",)
    assert "people cannot be known count=1" in caplog.text


def test_the_class_that_has_a_lesson_now_is_expected_and_nobody_while_the_clock_is_not_trusted(
    other_process: Roster, tmp_path: Path
):
    other_process.replace({"hs-1": [somebody("hs-1")], "hs-2": [somebody("hs-2")]})
    classes = Classes(connect(tmp_path))
    classes.replace_members({"6A": ["hs-1", "hs-9"]})
    days = date(2026, 9, 7), date(2027, 1, 15)
    classes.replace_lessons([Lesson("6A", 1, time(7, 30), time(8, 15), *days)])
    hands = Hands()
    connection = connect(tmp_path)
    gallery = RosterGallery(connection, Roster(connection, KEY), "55533b28", hands)
    assert gallery().expected == Expected(("6A",), frozenset({"hs-1", "hs-9"}))
    assert gallery().match(somebody("hs-2").template, "55533b28", expected_only=True).person == "hs-1"
    assert gallery().match(somebody("hs-2").template, "55533b28").person == "hs-2"
    hands.wall += timedelta(hours=1)
    hands.monotonic += 3600
    assert gallery().expected is None
    hands.wall -= timedelta(hours=1)
    hands.monotonic += 3600
    assert gallery().expected is not None
    hands.trusted = False
    hands.monotonic += 10
    assert gallery().expected is None


class Hands:
    """A clock that the test sets: a Monday, 07:30 in Vietnam."""

    wall = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
    monotonic = 1000.0
    trusted = True

    def now(self) -> datetime:
        return self.wall

    def monotonic_s(self) -> float:
        return self.monotonic

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=UUID(int=1), monotonic_ms=int(self.monotonic * 1000), trusted=self.trusted)
