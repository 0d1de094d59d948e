from pathlib import Path

import numpy as np
import pytest

from edge.clock import SystemClock
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.store.roster import Enrolled, Roster
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
