"""How a published file becomes files that our engines run, and which engine is the faster one on this machine."""

import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from edge.vision.embed import SIDE_PX, DlibEmbedder, Int8OnnxEmbedder, LiteRtEmbedder, OnnxEmbedder
from edge.vision.manifest import Model

RECIPES = {"as-is": 1, "yunet": 3, "dlib-resnet": 2, "dlib-landmarks": 1, "minifasnet": 2}
"""The version of each conversion. Raise it when one changes: what was built by an older one is built again."""

LANDMARKS_FILE = "landmarks.npz"
YUNET_FILE = "yunet.onnx"
LIVENESS_FILE = "liveness.onnx"
ONNX_FILE = "embedder.onnx"
INT8_FILE = "embedder-int8.onnx"
TFLITE_FILE = "embedder.tflite"
EMBEDDERS: Mapping[str, type[DlibEmbedder]] = {
    ONNX_FILE: OnnxEmbedder,
    INT8_FILE: Int8OnnxEmbedder,
    TFLITE_FILE: LiteRtEmbedder,
}
"""The same network three times: they compete."""

_WARM_UP = 3
_RUNS = 15


def build(model: Model, published: Path, into: Path) -> None:
    """Write the files that `model` runs from into the folder `into`. Raises Rejected."""
    recipes: Mapping[str, Callable[[Path, Path], None]] = {
        "yunet": _yunet,
        "dlib-resnet": _dlib_resnet,
        "dlib-landmarks": _dlib_landmarks,
        "minifasnet": _minifasnet,
        "as-is": _as_is,
    }
    recipes[model.build](published, into)


def fastest(folder: Path, threads: int = 1) -> dict[str, float]:
    """Median milliseconds of one embedding by file name, the fastest first; empty unless there is a choice."""
    here = [name for name in EMBEDDERS if (folder / name).exists()]
    if len(here) < len(EMBEDDERS):
        return {}
    chip = np.random.default_rng(0).integers(0, 256, (SIDE_PX, SIDE_PX, 3), np.uint8)
    engines = {name: EMBEDDERS[name](folder / name, "any", threads=threads) for name in here}
    # In turn, so that what else the machine does is everybody's.
    times: dict[str, list[float]] = {name: [] for name in here}
    for _ in range(_WARM_UP + _RUNS):
        for name, engine in engines.items():
            begun = time.perf_counter()
            engine.embed(chip)
            times[name].append(1000 * (time.perf_counter() - begun))
    medians = {name: statistics.median(all_of_it[_WARM_UP:]) for name, all_of_it in times.items()}
    return dict(sorted(medians.items(), key=lambda item: item[1]))


# The converters are imported where they are used: a unit that runs needs neither them nor the onnx package.


def _as_is(published: Path, into: Path) -> None:
    shutil.copyfile(published, into / published.name)


def _yunet(published: Path, into: Path) -> None:
    from edge.vision.convert.yunet import any_size

    (into / YUNET_FILE).write_bytes(any_size(published.read_bytes()))


def _minifasnet(published: Path, into: Path) -> None:
    from edge.vision.convert.prelu import without_prelu

    (into / LIVENESS_FILE).write_bytes(without_prelu(published.read_bytes()))


def _dlib_resnet(published: Path, into: Path) -> None:
    from edge.vision.convert.dlib_resnet import read_resnet
    from edge.vision.convert.resnet_int8 import to_int8
    from edge.vision.convert.resnet_onnx import to_onnx
    from edge.vision.convert.resnet_tflite import to_tflite

    network = read_resnet(published.read_bytes())
    (into / ONNX_FILE).write_bytes(to_onnx(network))
    (into / INT8_FILE).write_bytes(to_int8(network))
    (into / TFLITE_FILE).write_bytes(to_tflite(network))


def _dlib_landmarks(published: Path, into: Path) -> None:
    from edge.vision.convert.dlib_landmarks import read_landmarks

    (into / LANDMARKS_FILE).write_bytes(read_landmarks(published.read_bytes()))
