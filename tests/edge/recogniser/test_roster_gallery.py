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


def test_rows_that_are_no_templates_are_counted_and_the_others_stay_known(
    gallery: RosterGallery, other_process: Roster, caplog: pytest.LogCaptureFixture
):
    good = somebody("hs-1").template
    odd = {
        "hs-nan": good * np.float32("nan"), "hs-huge": good * np.float32(1e9), "hs-zero": good * 0,
        "hs-short": good[:64], "hs-none": good[:0],
    }  # fmt: skip
    rows = {person: [Enrolled(person, template, "55533b28", 0.9)] for person, template in odd.items()}
    with np.errstate(over="ignore"):
        other_process.replace({"hs-1": [somebody("hs-1")], "hs-2": [somebody("hs-2")], **rows})
    assert gallery().people == ("hs-1", "hs-2")
    assert "templates left out count=5" in caplog.text
    assert "hs-nan" not in caplog.text


def test_a_roster_of_nothing_but_rows_that_are_no_templates_knows_nobody(gallery: RosterGallery, other_process: Roster):
    bad = somebody("hs-1").template * np.float32("nan")
    other_process.replace({"hs-1": [Enrolled("hs-1", bad, "55533b28", 0.9)]})
    assert gallery().match(somebody("hs-1").template, "55533b28") is None


def test_twenty_thousand_templates_are_a_roster_like_any_other(gallery: RosterGallery, other_process: Roster):
    templates = np.random.default_rng(1).normal(0, 0.1, (20_000, 128)).astype(np.float32)
    other_process.replace(
        {
            f"hs-{n}": [Enrolled(f"hs-{n}", one, "55533b28", 0.9) for one in templates[n * 4 : n * 4 + 4]]
            for n in range(5000)
        }
    )
    known = gallery()
    assert (len(known), len(known.people)) == (20_000, 5000)
    for row in (0, 9_999, 19_999):
        match = known.match(templates[row], "55533b28")
        assert match is not None
        assert match.person == f"hs-{row // 4}"
