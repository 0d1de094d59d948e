"""`models switch` on a unit with two tiny embedders, by people whose crops were kept, or were not."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.__main__ import main
from edge.clock import SystemClock
from edge.recogniser import cli_switch
from edge.recogniser.calibration_file import Calibration, read_calibration, write_calibration
from edge.store.crops import Crop, Crops
from edge.store.db import connect
from edge.store.key_file import read_or_make_key
from edge.store.roster import Enrolled, Roster
from edge.store.serving import Serving, ServingModel
from edge.vision.crop import crop_of
from edge.vision.manifest import read_manifest
from tests.edge.vision.test_crop import face_at
from tests.edge.vision.tiny import DIMENSION, tiny_machine

WITH_CROPS = [f"hs-{number}" for number in range(4)]


class Unit:
    """A unit where `tiny` serves and `other` is here; hs-0 to hs-3 have a crop each."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.connection = connect(data)
        key = read_or_make_key(data)
        self.roster, self.crops = Roster(self.connection, key), Crops(self.connection, key)
        self.tiny, self.other = (read_manifest().named(name).digest for name in ("tiny", "other"))

    def enrol(self, person: str, *, crop: bool = True) -> None:
        rng = np.random.default_rng(sum(person.encode()))
        picture = np.kron(rng.integers(0, 256, (20, 20, 3), np.uint8), np.ones((10, 10, 1), np.uint8))
        template = Enrolled(person, rng.normal(0, 1, DIMENSION).astype(np.float32), self.tiny, 0.9)
        kept = Crop(person, 0.9, crop_of(picture, face_at(40, 40, 1.0)), datetime(2026, 9, 7, tzinfo=UTC))
        self.roster.replace({person: [template]}, [kept] if crop else [])

    def known(self, model: str) -> dict[str, bytes]:
        """The one template of each."""
        found = self.roster.templates(model)
        assert len({one.person for one in found}) == len(found)
        return {one.person: one.template.tobytes() for one in found}

    def serving(self) -> Serving | None:
        return ServingModel(self.connection, "tiny").read()

    def serves(self) -> str | None:
        return ServingModel(self.connection, "tiny").name()


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Unit:
    tiny_machine(tmp_path, monkeypatch, "tiny", "other")
    assert main(["models", "pull", "tiny", "other"]) == 0
    # The test's own process must not become slower with each change.
    monkeypatch.setattr(os, "nice", lambda by: by)
    made = Unit(tmp_path / "data")
    for person in WITH_CROPS:
        made.enrol(person)
    capsys.readouterr()
    return made


def switch(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object], str]:
    """Exit code, what --json says, and what was said."""
    capsys.readouterr()
    code = main(["models", "switch", *arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else {}, said.err


def test_everybody_with_a_crop_is_made_a_template_of_and_the_change_is_taken_back_and_finished(
    unit: Unit, capsys: pytest.CaptureFixture[str]
):
    before, version = unit.known(unit.tiny), unit.roster.version()
    code, told, said = switch(capsys, "other")
    assert (code, told["changed"], told["ready"], told["enrol_again"]) == (0, True, 4, [])
    assert "strict preset" in said
    assert unit.serves() == "other"
    assert sorted(unit.known(unit.other)) == WITH_CROPS
    assert unit.known(unit.tiny) == before
    assert unit.roster.version() > version
    assert switch(capsys, "--back")[:2] == (0, {"serves": "tiny", "kept": "other"})
    assert unit.serves() == "tiny"
    assert switch(capsys, "--back")[0] == 1
    code, told, _ = switch(capsys, "other")
    assert (code, told["templates_made"], told["changed"]) == (0, 0, True)
    assert switch(capsys, "--finish")[:2] == (0, {"erased": "tiny", "templates": 4, "serves": "other"})
    assert (unit.known(unit.tiny), unit.serves()) == ({}, "other")
    for nothing_left in ("--back", "--finish"):
        assert switch(capsys, nothing_left)[0] == 1
    # And the other way, of the same crops.
    assert switch(capsys, "tiny")[0] == 0
    assert (unit.serves(), sorted(unit.known(unit.tiny))) == ("tiny", WITH_CROPS)


def test_who_has_no_crop_is_named_and_the_unit_waits_for_the_wished_share(
    unit: Unit, capsys: pytest.CaptureFixture[str]
):
    unit.enrol("hs-9", crop=False)
    for options in ([], ["--share", "0.9"], ["--prepare", "--anyway"]):
        code, told, said = switch(capsys, "other", *options)
        assert (code, told["changed"]) == (int("--prepare" not in options), False)
        assert (told["ready"], told["people"], told["enrol_again"]) == (4, 5, ["hs-9"])
        assert unit.serves() == "tiny"
        assert "hs-9" not in said
    assert switch(capsys, "other", "--share", "0.8")[0] == 0
    # The one who would leave the unit is in the way of the end.
    code, _, said = switch(capsys, "--finish")
    assert (code, "1 people are known by tiny alone" in said) == (1, True)
    assert switch(capsys, "--finish", "--anyway")[0] == 0
    assert sorted(unit.known(unit.other)) == WITH_CROPS


def test_a_model_that_would_know_nobody_never_serves(unit: Unit, capsys: pytest.CaptureFixture[str]):
    for person in WITH_CROPS:
        unit.enrol(person, crop=False)
    code, told, _ = switch(capsys, "other", "--anyway")
    assert (code, told["changed"], told["enrol_again"]) == (1, False, WITH_CROPS)
    assert unit.serves() == "tiny"
    # What was only prepared is dropped, and nobody is lost by that.
    assert switch(capsys, "--finish")[1]["erased"] == "other"
    assert (unit.serving(), sorted(unit.known(unit.tiny))) == (None, WITH_CROPS)


KILLED = """
import os, signal, sys
from edge.__main__ import main
from edge.recogniser import cli_switch
cli_switch.tell = lambda done, total: done == 2 and os.kill(os.getpid(), signal.SIGKILL)
main(["models", "switch", "other"])
"""


def test_killed_in_the_middle_it_goes_on_to_the_same_end(unit: Unit, capsys: pytest.CaptureFixture[str]):
    before = unit.known(unit.tiny)
    died = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL
    assert sorted(unit.known(unit.other)) == WITH_CROPS[:2]
    assert (unit.serves(), unit.known(unit.tiny)) == ("tiny", before)
    code, told, _ = switch(capsys, "other")
    assert (code, told["templates_made"], told["ready"]) == (0, 2, 4)
    resumed = unit.known(unit.other)
    for option in ("--back", "--finish"):
        assert switch(capsys, option)[0] == 0
    assert unit.known(unit.other) == {}
    assert switch(capsys, "other")[1]["templates_made"] == 4
    assert unit.known(unit.other) == resumed


def test_whoever_leaves_in_the_middle_gets_no_template_and_whoever_is_enrolled_anew_is_named(
    unit: Unit, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def meanwhile(done: int, total: int) -> None:
        if done == 1:
            unit.roster.replace({"hs-0": [], "hs-2": []})
            unit.enrol("hs-3", crop=False)

    monkeypatch.setattr(cli_switch, "tell", meanwhile)
    code, told, _ = switch(capsys, "other")
    assert (code, told["people"], told["enrol_again"]) == (1, 2, ["hs-3"])
    assert list(unit.known(unit.other)) == ["hs-1"]
    count = unit.connection.execute("SELECT count(*) FROM template WHERE person IN ('hs-0', 'hs-2')").get
    assert (count, unit.crops.pending(unit.other)) == (0, [])


def test_a_changed_setting_has_the_last_word(unit: Unit, capsys: pytest.CaptureFixture[str]):
    assert switch(capsys, "other")[0] == 0
    assert ServingModel(unit.connection, "third").name() == "third"
    assert ServingModel(unit.connection, "").name() is None
    assert unit.serves() == "other"


def test_the_calibration_goes_with_its_model(unit: Unit, capsys: pytest.CaptureFixture[str]):
    def calibrated_for(model: str, class_ref: str | None = None) -> None:
        write_calibration(unit.data, Calibration(
            model=model, threshold=0.1, ask_threshold=0.2, margin=0.01, wished_fpir=0.01, gallery_people=4, people=4,
            made_at=SystemClock().now(),
        ), class_ref)  # fmt: skip

    calibrated_for(unit.tiny)
    calibrated_for(unit.other, "6A")
    assert switch(capsys, "other")[0] == 0
    assert read_calibration(unit.data) is not None
    assert switch(capsys, "--finish")[0] == 0
    assert read_calibration(unit.data) is None
    assert read_calibration(unit.data, "6A") is not None


@pytest.mark.parametrize("wrong", [[], ["tiny", "other"], ["other", "--back"], ["--back", "--finish"],
                                   ["other", "--share", "2"], ["nobody"]])  # fmt: skip
def test_what_was_asked_wrongly_is_said(unit: Unit, wrong: list[str], capsys: pytest.CaptureFixture[str]):
    code, _, said = switch(capsys, *wrong)
    assert (code, said.startswith("diemdanh-edge: ")) == (1, True)
    assert unit.serving() is None
