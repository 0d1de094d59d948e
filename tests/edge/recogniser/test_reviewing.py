"""Faces without a name: kept sealed and for a while, assigned, dismissed, taken back, learnt from, erased."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from edge.contract import Direction, Outcome
from edge.errors import Rejected
from edge.recogniser.decide import Rules
from edge.recogniser.loop import Decision, recognise
from edge.store.db import FILE_NAME, connect
from edge.store.review import UNDO_S, Review
from tests.edge.recogniser.reviewed import AN, ASKED, CHI, KEEP_S, KEY, Hands, Unit
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen, gallery_of, template_of


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


def test_a_face_is_kept_sealed_and_comes_back_with_its_template(unit: Unit, tmp_path: Path):
    number = unit.sees()
    (item,) = unit.review.items()
    assert (item.outcome, item.candidates, item.verdict) == (Outcome.ASK, ("an",), None)
    shot = unit.review.shot(number)
    assert shot.picture.startswith(b"\xff\xd8")
    assert (shot.model, shot.quality) == (MODEL, 0.8)
    assert np.abs(shot.template - ASKED).max() < 1e-3
    unit.connection.pragma("wal_checkpoint(TRUNCATE)")
    content = (tmp_path / FILE_NAME).read_bytes()
    assert shot.picture[100:140] not in content
    assert Review(unit.connection, bytes(32), unit.hands, keep_s=1, max_bytes=1).shot(number) is None


def test_by_default_and_for_names_nothing_is_kept(unit: Unit, tmp_path: Path):
    assert unit.sees(Outcome.IDENTIFIED, person="an", candidates=()) == 0
    assert unit.sees(Outcome.REFUSED, candidates=()) == 0
    (tmp_path / "off").mkdir()
    assert Unit(tmp_path / "off", keep_s=0).sees() == 0


def test_an_assigned_face_is_recorded_by_hand_at_the_time_that_it_shows(unit: Unit):
    number = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    seen_at = unit.hands.now()
    unit.hands.second += 600
    unit.review.assign(number, "an")
    unit.wait(UNDO_S - 1)
    assert unit.events() == [("unknown", "face", None)]
    unit.wait(2)
    unit.wait()
    assert unit.events() == [("unknown", "face", None), ("identified", "manual", "an")]
    marked = unit.outbox.read(after=0, upto=2**62, limit=9)[1]
    assert (marked.captured_at, marked.direction) == (seen_at, Direction.IN)


def test_what_is_taken_back_in_time_never_was(unit: Unit):
    number = unit.sees()
    unit.review.assign(number, "binh")
    with pytest.raises(Rejected, match="settled"):
        unit.review.dismiss(number)
    assert unit.review.undo(number) == "undone"
    unit.review.dismiss(number)
    assert unit.review.undo(number) == "undone"
    unit.wait()
    assert (len(unit.events()), unit.review.items()[0].verdict) == (1, None)
    with pytest.raises(Rejected, match="nothing to take back"):
        unit.review.undo(number)
    with pytest.raises(Rejected, match="not on this unit's list"):
        unit.review.assign(number, "nobody")


def test_a_dismissed_face_is_gone_and_leaves_no_event(unit: Unit):
    number = unit.sees(Outcome.UNKNOWN)
    unit.review.dismiss(number)
    unit.wait()
    assert (unit.review.items(), unit.review.shot(number), len(unit.events())) == ([], None, 1)


def test_its_time_ends_on_the_boots_own_clock_whatever_the_wall_says(unit: Unit, monkeypatch: pytest.MonkeyPatch):
    unit.sees()
    wall = unit.hands.now()
    monkeypatch.setattr(Hands, "now", lambda self: wall - timedelta(days=400))
    unit.wait(KEEP_S - 1)
    assert len(unit.review.items()) == 1
    unit.wait(1)
    assert unit.review.items() == []


@pytest.mark.parametrize(
    ("away_s", "then", "now", "kept"),
    [(60, True, True, 1), (KEEP_S, True, True, 0), (-60, True, True, 0), (60, False, True, 0), (60, True, False, 0)],
)
def test_after_a_power_cut_it_ends_by_the_wall_clock_and_at_once_without_one(tmp_path: Path, away_s, then, now, kept):
    unit = Unit(tmp_path)
    unit.hands.trusted = then
    unit.sees()
    unit.hands.boot, unit.hands.trusted = UUID(int=2), now
    unit.hands.second += away_s
    unit.connection.close()
    again = Review(connect(tmp_path), KEY, unit.hands, keep_s=KEEP_S, max_bytes=10**6)
    again.erase_expired()
    assert len(again.items()) == kept


def test_when_it_is_switched_off_everything_goes(unit: Unit):
    unit.sees()
    assert Review(unit.connection, KEY, unit.hands, keep_s=0, max_bytes=1).erase_expired() == 1


def test_the_oldest_make_room(tmp_path: Path):
    unit = Unit(tmp_path, room=80_000)
    numbers = []
    for _ in range(8):
        unit.hands.second += 1
        numbers.append(unit.sees())
    left = [one.id for one in unit.review.items()]
    assert 1 <= len(left) < 8
    assert left == numbers[::-1][: len(left)]
    size = unit.connection.execute("SELECT sum(length(sealed)) FROM review").get
    assert size <= 80_000


def test_a_card_that_settles_a_question_takes_the_picture_along(unit: Unit):
    unit.sees(look_alikes=("an", "binh"), candidates=("an", "binh"), first_s=unit.hands.second)
    assert not unit.review.items()[0].may_teach
    unit.connection.execute("INSERT INTO held (person, captured_at, boot_id, monotonic_ms, trusted)"
                            " VALUES ('an', ?, ?, ?, 1)",
                            (unit.hands.now().isoformat(), str(unit.hands.boot), 0))  # fmt: skip
    from edge.store import held

    assert held.release_due(unit.connection, unit.outbox, unit.hands, Direction.IN) == 1
    assert unit.review.items() == []


def test_whoever_is_erased_takes_every_face_along_that_was_or_may_be_theirs(unit: Unit):
    unit.sees()
    unit.hands.second += 1
    assigned = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    unit.hands.second += 1
    other = unit.sees(Outcome.UNKNOWN, template_of(CHI))
    unit.review.assign(assigned, "an")
    unit.roster.replace({"an": []})
    assert [one.id for one in unit.review.items()] == [other]


def test_the_loop_gives_the_picture_of_the_best_look_and_none_unless_it_is_asked_to():
    def decided(rules: Rules) -> Decision:
        scene = Scene([[Seen(CHI, 100, nose=0.62)]] * 5 + [[Seen(CHI, 100)]] * 20)
        (found,) = recognise(scene.frames(), scene.pipeline(), lambda: gallery_of(an=AN), rules)
        return found

    kept = decided(replace(RULES, keeps_shots=True))
    assert kept.outcome is Outcome.UNKNOWN
    assert kept.shot is not None
    assert kept.shot.shape[0] > 80
    assert kept.template is not None
    assert decided(RULES).shot is None
