"""Another embedder begins to serve while people are recognised: never without a gallery, never across models."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from edge.__main__ import main
from edge.clock import SystemClock
from edge.contract import Outcome
from edge.errors import EdgeError, Misconfigured
from edge.recogniser.calibration_file import Calibration, write_calibration
from edge.recogniser.looks import Glimpse, look_at
from edge.recogniser.loop import Decision, Following
from edge.recogniser.renewal import Loaded, ServingWatch
from edge.recogniser.sight import Sight
from edge.store.crops import crops_kept
from edge.store.db import connect
from edge.store.key_file import read_or_make_key
from edge.store.outbox import Outbox
from edge.store.roster import Roster
from edge.store.serving import Named, ServingModel
from edge.vision.manifest import Manifest
from edge.vision.match import Gallery, Match
from edge.vision.model_store import ModelStore
from edge.vision.types import Chip, Distance, Template
from tests.edge.recogniser.scripted import MODEL, RULES, Scene, Seen, gallery_of, template_of
from tests.edge.vision.tiny import stills, tiny_machine

OTHER = "fedcba987654"


@dataclass(frozen=True)
class Compared:
    gallery: str
    probe: str
    templates: int


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Compared]:
    """Every comparison that is made."""
    seen: list[Compared] = []
    match = Gallery.match

    def watched(self: Gallery, probe: Template, model: str, *, expected_only: bool = False) -> Match | None:
        seen.append(Compared(self.model, model, len(self)))
        return match(self, probe, model, expected_only=expected_only)

    monkeypatch.setattr(Gallery, "match", watched)
    return seen


class Turned:
    """Another embedder: nobody's template is what the first one's would be."""

    model = OTHER
    distance: Distance = "euclidean"

    def embed(self, chip: Chip) -> Template:
        return -template_of(int(chip[0, 0, 0]), int(chip[0, 0, 1]) / 100)


def turned_gallery() -> Gallery:
    return Gallery(["an"], -template_of(1)[None], OTHER)


@pytest.mark.parametrize("late", [0, 1, 3])
@pytest.mark.parametrize("changed_at", range(1, 12))
def test_whenever_it_changes_everybody_is_said_once_and_nothing_is_compared_across(
    changed_at: int, late: int, compared: list[Compared]
):
    """`late` looks come so many frames after their own: those under way at the change count for nothing."""
    scene = Scene([[Seen(1, 50), Seen(2, 300)] if number >= 2 else [Seen(2, 300)] for number in range(16)])
    pipeline = scene.pipeline()
    other = Sight(pipeline.with_embedder(scene, Turned()), turned_gallery, RULES)
    frame_number = count()
    under_way: list[tuple[int, Glimpse]] = []

    def renewal() -> Sight | None:
        return other if next(frame_number) == changed_at else None

    first = gallery_of(an=1)
    following = Following(
        pipeline, lambda: first, RULES, None, lambda glimpse: under_way.append((glimpse.frame.index, glimpse)), renewal
    )
    said: list[Decision] = []
    for frame in scene.frames():
        said += following.see(frame, pipeline.detect(frame.image))
        while under_way and under_way[0][0] + late <= frame.index:
            said += following.learn(look_at(under_way.pop(0)[1]))
    for _, glimpse in under_way:
        said += following.miss(glimpse)
    said += following.end()
    assert sorted((one.outcome, one.person) for one in said) == [(Outcome.IDENTIFIED, "an"), (Outcome.UNKNOWN, None)]
    assert {one.model for one in said} <= {MODEL, OTHER}
    assert all(one.gallery == one.probe and one.templates for one in compared)


@pytest.fixture
def serving(tmp_path: Path) -> ServingModel:
    """Of another process."""
    serving = ServingModel(connect(tmp_path), "")
    serving.prepare(Named("first", MODEL), Named("other", OTHER))
    return serving


def watching(
    data: Path, load: Callable[[str], Loaded], gallery: Callable[[], Gallery] = turned_gallery, *, waits: bool = True
) -> ServingWatch:
    scene = Scene([])
    first = Sight(scene.pipeline(), lambda: gallery_of(an=1), RULES)

    def sight_of(loaded: Loaded) -> Sight:
        return Sight(first.pipeline.with_embedder(loaded.aligner, loaded.embedder), gallery, RULES)

    return ServingWatch(connect(data), "", first, load, sight_of, waits=waits)


def loaded(name: str) -> Loaded:
    return Loaded(ModelStore(Manifest(model=()), Path()), Scene([]), Turned() if name == "other" else Scene([]))


def after(go: Event) -> Callable[[str], Loaded]:
    def slowly(name: str) -> Loaded:
        assert go.wait(60)
        return loaded(name)

    return slowly


def test_it_is_taken_over_once_and_taken_back_once(tmp_path: Path, serving: ServingModel):
    renewal = watching(tmp_path, loaded, gallery=turned_gallery)
    assert renewal() is None
    serving.change()
    sight = renewal()
    assert sight is not None
    assert (sight.pipeline.model, renewal()) == (OTHER, None)
    serving.change(back=True)
    back = renewal()
    assert back is not None
    assert (back.pipeline.model, renewal()) == (MODEL, None)


def test_the_frames_go_on_while_it_is_loaded(tmp_path: Path, serving: ServingModel):
    go = Event()
    renewal = watching(tmp_path, after(go), waits=False)
    serving.change()
    assert [renewal() for _ in range(5)] == [None] * 5
    coming = renewal._coming
    assert coming is not None
    go.set()
    wait([coming], 60)
    sight = renewal()
    assert sight is not None
    assert sight.pipeline.model == OTHER


def test_what_was_taken_back_while_it_was_loaded_never_serves(tmp_path: Path, serving: ServingModel):
    go = Event()
    renewal = watching(tmp_path, after(go), waits=False)
    serving.change()
    assert renewal() is None
    coming = renewal._coming
    assert coming is not None
    serving.change(back=True)
    go.set()
    wait([coming], 60)
    assert renewal() is None
    assert renewal() is None


def unknown(name: str) -> Loaded:
    raise Misconfigured(f"no model {name!r} in the manifest")


@pytest.mark.parametrize(("load", "gallery", "said"), [
    (unknown, turned_gallery, "no model 'other' in the manifest"),
    (loaded, lambda: Gallery.empty(OTHER), "it would know nobody here"),
    (lambda name: loaded("first"), turned_gallery, "not the one that was prepared"),
])  # fmt: skip
def test_what_cannot_serve_does_not_and_is_tried_once(
    tmp_path: Path, serving: ServingModel, caplog: pytest.LogCaptureFixture,
    load: Callable[[str], Loaded], gallery: Callable[[], Gallery], said: str,
):  # fmt: skip
    tried: list[str] = []

    def counted(name: str) -> Loaded:
        tried.append(name)
        return load(name)

    renewal = watching(tmp_path, counted, gallery)
    serving.change()
    assert [renewal() for _ in range(3)] == [None] * 3
    serving.change(back=True)
    assert renewal() is None
    assert tried == ["other"]
    assert said in caplog.text


@pytest.mark.media
def test_a_clip_is_recognised_while_the_model_changes_goes_back_and_changes_for_good(
    tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture, compared: list[Compared],
):  # fmt: skip
    """One run of `diemdanh-edge run` over a clip that begins again and again; `models switch` comes in the middle."""
    try:
        ModelStore.of_this_machine().pull(["yunet"])
        yunet = ModelStore.of_this_machine().published("yunet")[0]
    except EdgeError as error:
        pytest.skip(f"YuNet cannot be had here: {error}")
    models = tiny_machine(tmp_path, monkeypatch, "tiny", "other")
    (models / yunet.name).write_bytes(yunet.read_bytes())
    monkeypatch.setattr(os, "nice", lambda by: by)
    monkeypatch.setenv("DIEMDANH_EDGE_PASSAGE_WINDOW_S", "0")
    monkeypatch.setenv("DIEMDANH_EDGE_KEEP_ENROLMENT_CROPS", "true")
    assert main(["models", "pull", "yunet", "tiny", "other"]) == 0
    assert main(["enrol", str(stills(tmp_path / "photos", media))]) == 0
    tiny, other = (ModelStore.of_this_machine().manifest.named(name).digest for name in ("tiny", "other"))
    made = Calibration(
        model=tiny, threshold=0.1, ask_threshold=0.15, margin=0.01, wished_fpir=0.01, gallery_people=2, people=2,
        made_at=SystemClock().now(),
    )  # fmt: skip
    write_calibration(tmp_path / "data", made)
    steps: Iterator[list[str]] = iter([["other"], ["--back"], ["other"], ["--finish"]])
    frame, renewed = count(1), ServingWatch.__call__

    def before_every_frame(self: ServingWatch) -> Sight | None:
        number = next(frame)
        if number % 70 == 35:
            step = next(steps, None)
            if step is None:
                raise KeyboardInterrupt
            assert main(["models", "switch", *step]) == 0
        return renewed(self)

    monkeypatch.setattr(ServingWatch, "__call__", before_every_frame)
    capsys.readouterr()
    clip = str(media / "clips" / "head-pose-face-detection-male.gif")
    assert main(["run", "--source", clip, "--pace", "fast", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert {line["person"] for line in lines if line.get("outcome") == "identified"} == {"hs-m"}
    assert all(one.gallery == one.probe and one.templates == 2 for one in compared)
    served = [one.gallery for index, one in enumerate(compared) if not index or compared[index - 1] != one]
    assert served == [tiny, other, tiny, other]
    recorded = Outbox(connect(tmp_path / "data"), SystemClock()).read(after=0, upto=2**62, limit=100)
    by_model = [one.model for one in recorded if one.outcome is Outcome.IDENTIFIED]
    assert [model for index, model in enumerate(by_model) if not index or by_model[index - 1] != model] == served
    assert "calibration of another model refused" in caplog.text
    assert "hs-m" not in caplog.text
    # The next start needs no change of the settings, and no calibration of the model that is gone is in its way.
    assert main(["run", "--source", clip, "--pace", "fast", "--once", "--json"]) == 0
    assert compared[-1] == Compared(other, other, 2)
    # Whoever is enrolled while the next change is prepared is known by both.
    assert main(["models", "switch", "tiny", "--prepare"]) == 0
    assert main(["enrol", str(tmp_path / "photos")]) == 0
    connection = connect(tmp_path / "data")
    roster = Roster(connection, read_or_make_key(tmp_path / "data"))
    for model in (tiny, other):
        assert [one.person for one in roster.templates(model)] == ["hs-f", "hs-m"]
    # No crop stays on a unit that is told not to keep any.
    assert crops_kept(connection) == 2
    monkeypatch.setenv("DIEMDANH_EDGE_KEEP_ENROLMENT_CROPS", "false")
    assert main(["run", "--source", clip, "--pace", "fast", "--once"]) == 0
    assert crops_kept(connection) == 0
