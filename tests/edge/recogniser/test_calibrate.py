"""`calibrate` on a roster: stored, used, refused with another model, and not done with too few people."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge.__main__ import main
from edge.errors import Misconfigured
from edge.recogniser.calibration_file import FILE, Calibration, read_calibration, write_calibration
from edge.recogniser.presets import rules_for
from edge.store.db import connect
from edge.store.key_file import read_or_make_key
from edge.store.roster import Enrolled, Roster
from edge.vision import model_store
from edge.vision.manifest import Manifest, read_manifest
from edge.vision.model_store import ModelStore
from tests.edge.vision.evaluation.crowd import crowd
from tests.edge.vision.library import CONTENT, folder_with, manifest

THRESHOLDS = {"identify": 0.5, "ask": 0.55, "margin": 0.05, "pair": 0.6}


def _manifest() -> Manifest:
    found = manifest()
    models = [one.model_copy(update={"thresholds": THRESHOLDS}) if one.role == "embedder" else one
              for one in found.model]  # fmt: skip
    return found.model_copy(update={"model": tuple(models)})


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A unit with an embedder that never runs, and nobody in its roster."""
    monkeypatch.setenv("DIEMDANH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DIEMDANH_MODEL_PATH", str(folder_with(tmp_path / "models", *CONTENT)))
    monkeypatch.setenv("DIEMDANH_EDGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(model_store, "read_manifest", _manifest)
    ModelStore.of_this_machine().pull()
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def _digest() -> str:
    return _manifest().named("embedder").digest


def _enrol(data_dir: Path, people: int) -> None:
    sample = crowd(people, 2, spread=0.1, apart=0.7)
    roster = Roster(connect(data_dir), read_or_make_key(data_dir))
    enrolled: dict[str, list[Enrolled]] = {}
    for person, template in zip(sample.person, sample.templates, strict=True):
        name = sample.names[person]
        enrolled.setdefault(name, []).append(Enrolled(name, template, _digest(), 0.8))
    enrolled["twin"] = [Enrolled("twin", enrolled["hs-0"][0].template + np.float32(0.01), _digest(), 0.8)]
    roster.replace(enrolled)


def test_what_it_chooses_is_what_the_recogniser_runs_with(data_dir, capsys):
    _enrol(data_dir, 120)
    assert main(["calibrate", "--fpir", "0.05", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["calibrated"]
    assert said["fpir"] <= 0.05
    assert ["hs-0", "twin"] in [pair["people"] for pair in said["look_alikes"]]
    rules = rules_for(ModelStore.of_this_machine(), calibration=read_calibration(data_dir))
    assert (rules.threshold, rules.ask_threshold, rules.margin) == (
        said["threshold"], said["ask_threshold"], said["margin"],
    )  # fmt: skip
    assert rules.threshold != THRESHOLDS["identify"]


def test_it_explains_itself_and_names_look_alikes_by_reference(data_dir, capsys):
    _enrol(data_dir, 120)
    assert main(["calibrate", "--fpir", "0.05", "--gallery", "500"]) == 0
    said = capsys.readouterr().out
    assert "for a gallery of 500 people" in said
    assert "everybody was once the stranger" in said
    assert "hs-0  twin" in said
    assert "calculated as if the others were like these" in said


def test_a_dry_run_stores_nothing(data_dir):
    _enrol(data_dir, 120)
    assert main(["calibrate", "--fpir", "0.05", "--dry-run"]) == 0
    assert read_calibration(data_dir) is None


@pytest.mark.parametrize("people", [0, 30])
def test_too_few_people_fall_back_to_the_preset(data_dir, people, capsys):
    write_calibration(data_dir, _calibration(_digest()))
    if people:
        _enrol(data_dir, people)
    assert main(["calibrate"]) == 0
    assert "too few for a rate of 0.01, it takes 100" in capsys.readouterr().err
    assert read_calibration(data_dir) is None
    rules = rules_for(ModelStore.of_this_machine(), calibration=read_calibration(data_dir))
    assert (rules.threshold, rules.margin) == (THRESHOLDS["identify"], THRESHOLDS["margin"])


def test_a_calibration_for_another_model_is_refused():
    with pytest.raises(Misconfigured, match=r"made for model 0123456789ab .* calibrate"):
        rules_for(ModelStore.of_this_machine(), calibration=_calibration("0123456789ab"))


@pytest.mark.parametrize("content", ["", "{", '{"threshold": "near"}', '{"v": 2}'])
def test_a_damaged_calibration_is_named_and_not_guessed_at(data_dir, content):
    (data_dir / FILE).write_text(content)
    with pytest.raises(Misconfigured, match=r"calibration\.json: cannot be read"):
        read_calibration(data_dir)


@pytest.mark.parametrize("asked", [["--fpir", "0"], ["--fpir", "1"], ["--fpir", "nan"], ["--gallery", "0"]])
def test_a_wish_that_makes_no_sense_is_answered(asked, capsys):
    assert main(["calibrate", *asked]) == 1
    assert asked[0] in capsys.readouterr().err


def _calibration(model: str) -> Calibration:
    return Calibration(
        model=model, threshold=0.4, ask_threshold=0.45, margin=0.06, wished_fpir=0.01, gallery_people=300, people=300,
        made_at="2026-09-01T00:00:00Z",
    )  # fmt: skip


def test_every_embedder_of_the_manifest_has_what_a_calibration_starts_from():
    for model in read_manifest().of_role("embedder"):
        assert {"identify", "ask", "margin", "pair"} <= model.thresholds.keys()
