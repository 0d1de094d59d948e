"""How fast this machine recognises: every stage alone, then all of them, on a scene that is made up or on a clip.

The made-up scene holds no real face, so three are put where the detector would find them: each stage does its full
work, and what comes out of it means nothing. Times are wall-clock medians in ms.
"""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from edge.frame import Frame
from edge.hardware import machine
from edge.recogniser.decide import Rules
from edge.recogniser.loop import recognise
from edge.vision import build
from edge.vision.detect_yunet import YuNet
from edge.vision.match import Gallery
from edge.vision.model_store import ROLES, ModelStore
from edge.vision.pipeline import Detector, Pipeline
from edge.vision.threads import cores
from edge.vision.types import Box, Face, Image

FRAME_PX = (640, 360)
FRAMES = 60
FRAMES_PER_S = 10.0
WARM_UP = 3
GALLERIES = (2_000, 20_000)
DEVICE_TREE = Path("/proc/device-tree/model")
_POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    cores: int
    python: str
    architecture: str


@dataclass(frozen=True, slots=True)
class Heat:
    cpu_c: float | None
    throttled: bool | None
    undervoltage: bool | None
    """Since the machine was started; None where it does not tell."""


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    median_ms: float
    runs: int


@dataclass(frozen=True, slots=True)
class Report:
    board: Board
    before: Heat
    after: Heat
    models: dict[str, str]
    """Name and digest by role."""
    stages: tuple[Stage, ...]
    scene: str
    frames: int
    looks: int
    frames_per_s: float
    """Of the whole pipeline in one thread, every frame searched whole."""


def measure(
    store: ModelStore, pipeline: Pipeline, rules: Rules, clip: Sequence[Image] | None, scene: str, runs: int = 20
) -> Report:
    """`clip` are its frames; None: the made-up scene. `pipeline` is that of `store`, with liveness if it is there."""
    before = heat()
    frames = list(clip or made_up())
    faces = _first_faces(pipeline.detector, frames) if clip else _placed(0)
    stages = _stages(store, pipeline, frames[0], faces[0] if faces else None, runs)
    whole = pipeline if clip else Pipeline(_Placed(pipeline.detector), pipeline.aligner, pipeline.embedder)
    whole.liveness = pipeline.liveness
    shown = [Frame(image, index, index / FRAMES_PER_S, 0.0) for index, image in enumerate(frames)]
    gallery = Gallery.empty(pipeline.model)
    whole.timings.clear()
    begun = time.perf_counter()
    for _ in recognise(shown, whole, lambda: gallery, rules):
        pass
    passed_s = time.perf_counter() - begun
    return Report(
        board=board(),
        before=before,
        after=heat(),
        models={model.role: f"{model.name} {model.digest}" for model in map(store.ready, ROLES) if model is not None},
        stages=tuple(stages),
        scene=scene,
        frames=len(shown),
        looks=whole.timings.calls.get("embed", 0),
        frames_per_s=round(len(shown) / passed_s, 1),
    )


def made_up() -> list[Image]:
    """Noise that moves: no stage has less to do with it than with a picture."""
    noise = np.random.default_rng(0).integers(40, 220, (FRAME_PX[1], FRAME_PX[0], 3), np.uint8)
    return [np.roll(noise, 3 * index, axis=1) for index in range(FRAMES)]


def board() -> Board:
    try:
        name = DEVICE_TREE.read_text(encoding="utf-8").strip("\0\n ")
    except OSError:
        name = _processor()
    return Board(name, cores(), platform.python_version(), platform.machine())


def heat() -> Heat:
    power = machine.power()
    return Heat(
        machine.cpu_temperature_c(),
        power.throttled_now if power else None,
        power.undervoltage_since_start if power else None,
    )


def _processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or "unknown"


class _Placed:
    """Searches as the real detector does and then gives the faces of the made-up scene."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._frame = 0

    def detect(self, image: Image) -> list[Face]:
        self._detector.detect(image)
        self._frame += 1
        return _placed(self._frame)


def _placed(frame: int) -> list[Face]:
    faces = []
    for place in range(3):
        x, y, side = 40.0 + 200 * place + frame, 120.0, 90.0
        points = np.array([x, y], np.float32) + _POINTS * np.float32(side)
        faces.append(Face(Box(x, y, side, side), 0.9, points))
    return faces


def _first_faces(detector: Detector, frames: Sequence[Image]) -> list[Face]:
    return next((faces for faces in map(detector.detect, frames) if faces), [])


def _stages(store: ModelStore, pipeline: Pipeline, image: Image, face: Face | None, runs: int) -> list[Stage]:
    detector, found = pipeline.detector, []

    def timed(name: str, call: Callable[[], object]) -> None:
        found.append(Stage(name, _median_ms(call, runs), runs))

    timed("detect", lambda: detector.detect(image))
    if isinstance(detector, YuNet):
        timed("detect, half the width", lambda: detector.detect_large(image))
    if face is not None:
        chip = pipeline.aligner.chip(image, face)
        timed("quality", lambda: pipeline.quality(image, face))
        timed("align", lambda: pipeline.aligner.chip(image, face))
        if pipeline.liveness is not None:
            timed("liveness", lambda: pipeline.live_score(image, face))
        for name, call in _engines(store, pipeline).items():
            timed(name, partial(call, chip))
    for people in GALLERIES:
        random = np.random.default_rng(people)
        templates = random.standard_normal((3 * people, 128), np.float32) * np.float32(0.97) ** np.arange(128)
        gallery = Gallery([f"p{row // 3}" for row in range(len(templates))], templates, "bench")
        probe = templates[0] * np.float32(1.01)
        timed(f"match, {people:,} people", partial(gallery.match, probe, "bench"))
    return found


def _engines(store: ModelStore, pipeline: Pipeline) -> dict[str, Callable[[Image], object]]:
    model = store.needed("embedder")
    folder = store.folder_of(model)
    if model.build == "as-is" or not all((folder / name).exists() for name in build.EMBEDDERS):
        return {"embed": pipeline.embedder.embed}
    return {f"embed, {name}": engine(folder / name, model.digest).embed for name, engine in build.EMBEDDERS.items()}


def _median_ms(call: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(WARM_UP + runs):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return round(1000 * statistics.median(times[WARM_UP:]), 3)
