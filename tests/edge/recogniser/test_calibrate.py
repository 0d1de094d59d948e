"""`calibrate` on a roster: stored, used, refused with another model, and not done with too few people."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge.__main__ import main
from edge.errors import Misconfigured
from edge.recogniser.calibration_file import (
    FILE,
    Calibration,
    read_calibration,
    read_class_calibrations,
    write_calibration,
)
from edge.recogniser.decide import decide
from edge.recogniser.presets import rules_for
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.classes import Classes
from edge.store.db import connect
from edge.store.key_file import read_or_make_key
from edge.store.look_alikes import LinkedBy, LookAlikes
from edge.store.roster import Enrolled, Roster
from edge.vision import model_store
from edge.vision.manifest import Manifest, read_manifest
from edge.vision.model_store import ModelStore
from tests.edge.vision.evaluation.crowd import crowd
from tests.edge.vision.library import CONTENT, folder_with, manifest

THRESHOLDS = {"same_track": 0.75, "identify": 0.5, "ask": 0.55, "margin": 0.05, "pair": 0.6}


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


def _roster(data_dir: Path) -> Roster:
    return Roster(connect(data_dir), read_or_make_key(data_dir))


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
    assert LookAlikes(connect(data_dir)).pairs() == []


def test_a_class_is_calibrated_for_its_size_and_the_school_for_its_own(data_dir, capsys):
    _enrol(data_dir, 120)
    Classes(connect(data_dir)).replace_members({"6/A 1": [f"hs-{number}" for number in range(10)], "9Z": ["nobody"]})
    assert main(["calibrate", "--fpir", "0.05"]) == 0
    assert "class 6/A 1: 10 people, threshold" in capsys.readouterr().out
    classes = read_class_calibrations(data_dir)
    school = read_calibration(data_dir)
    assert list(classes) == ["6/A 1"]
    assert (classes["6/A 1"].gallery_people, school.gallery_people) == (10, 121)
    assert classes["6/A 1"].threshold > school.threshold
    rules = rules_for(ModelStore.of_this_machine(), calibration=school, classes=classes)
    assert rules.within(("6/A 1",)).threshold == classes["6/A 1"].threshold
    assert rules.within(("9Z",)).threshold == school.threshold


def test_who_looks_alike_is_linked_and_no_longer_named_by_the_face_alone(data_dir):
    _enrol(data_dir, 120)
    linked = LookAlikes(connect(data_dir))
    linked.replace(LinkedBy.CALIBRATION, [("hs-5", "hs-6")])
    linked.replace(LinkedBy.CLOUD, [("hs-7", "hs-8")])
    assert main(["calibrate", "--fpir", "0.05"]) == 0
    pairs = {(pair.one, pair.other): pair.by for pair in linked.pairs()}
    assert pairs["hs-0", "twin"] == (LinkedBy.CALIBRATION,)
    assert ("hs-5", "hs-6") not in pairs
    assert pairs["hs-7", "hs-8"] == (LinkedBy.CLOUD,)
    gallery = RosterGallery(connect(data_dir), _roster(data_dir), _digest())()
    probe = next(one.template for one in _roster(data_dir).templates(_digest()) if one.person == "hs-0")
    rules = rules_for(ModelStore.of_this_machine(), calibration=read_calibration(data_dir))
    found = decide(gallery.match(probe, _digest()), None, 1.0, rules, None)
    assert (found.outcome, found.look_alikes) == ("ask", ("hs-0", "twin"))


def test_the_roster_is_checked_linked_and_a_person_erased(data_dir, capsys):
    _enrol(data_dir, 30)
    own = [one for one in _roster(data_dir).templates(_digest()) if one.person == "hs-1"]
    stranger = Enrolled("hs-1", own[0].template + np.float32(1), _digest(), 0.8)
    _roster(data_dir).replace({"hs-1": [*own, stranger]})
    assert main(["roster", "check"]) == 0
    said = capsys.readouterr().out
    assert "hs-0  twin  0.0" in said
    assert "one person enrolled twice, or look-alikes" in said
    assert "hs-1, template 3:" in said
    assert main(["roster", "link", "twin", "hs-0"]) == 0
    assert main(["roster", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["linked"] == [{"people": ["hs-0", "twin"], "by": ["staff"]}]
    assert main(["roster", "erase", "twin"]) == 0
    assert "twin" not in {one.person for one in _roster(data_dir).templates(_digest())}
    assert main(["roster", "unlink", "twin", "hs-0"]) == 1
    for wrong in (["link", "hs-0"], ["link", "hs-0", "hs-0"], ["erase"], ["link", "hs-0", "Nguyễn Văn An"]):
        assert main(["roster", *wrong]) == 1
    assert "reference" in capsys.readouterr().err


def test_a_photo_unlike_its_person_is_left_out_of_matching(data_dir):
    _enrol(data_dir, 3)
    own = [one for one in _roster(data_dir).templates(_digest()) if one.person == "hs-1"]
    stranger = Enrolled("hs-1", own[0].template + np.float32(1), _digest(), 0.8)
    _roster(data_dir).replace({"hs-1": [*own, stranger]})
    gallery = RosterGallery(connect(data_dir), _roster(data_dir), _digest(), limit=0.6)()
    assert len(gallery) == len(_roster(data_dir).templates(_digest())) - 1
    assert gallery.match(stranger.template, _digest()).distance > 0.6


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
