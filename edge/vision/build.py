"""How a published file becomes files that our engines run, and which engine is the faster one on this machine."""

import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from edge.vision.manifest import Model
from edge.vision.runtime import LiteRtNetwork, Network, OnnxNetwork, Tensor

RECIPES = {"as-is": 1, "yunet": 3, "dlib-resnet": 1, "dlib-landmarks": 1, "minifasnet": 2}
"""The version of each conversion. Raise it when one changes: what was built by an older one is built again."""

LANDMARKS_FILE = "landmarks.npz"
YUNET_FILE = "yunet.onnx"
LIVENESS_FILE = "liveness.onnx"
ONNX_FILE = "embedder.onnx"
TFLITE_FILE = "embedder.tflite"
"""int8 weights; the file that exists twice is where the engines compete."""

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
    if not (folder / ONNX_FILE).exists() or not (folder / TFLITE_FILE).exists():
        return {}
    chip = np.random.default_rng(0).integers(0, 256, (1, 150, 150, 3)).astype(np.float32)
    times = {
        ONNX_FILE: _median_ms(OnnxNetwork(folder / ONNX_FILE, threads=threads), chip.transpose(0, 3, 1, 2).copy()),
        TFLITE_FILE: _median_ms(LiteRtNetwork(folder / TFLITE_FILE, threads=threads), chip),
    }
    return dict(sorted(times.items(), key=lambda item: item[1]))


def _median_ms(network: Network, value: Tensor) -> float:
    times = []
    for _ in range(_WARM_UP + _RUNS):
        begun = time.perf_counter()
        network.run(value)
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times[_WARM_UP:])


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
    from edge.vision.convert.resnet_onnx import to_onnx
    from edge.vision.convert.resnet_tflite import to_tflite

    network = read_resnet(published.read_bytes())
    (into / ONNX_FILE).write_bytes(to_onnx(network))
    (into / TFLITE_FILE).write_bytes(to_tflite(network))


def _dlib_landmarks(published: Path, into: Path) -> None:
    from edge.vision.convert.dlib_landmarks import read_landmarks

    (into / LANDMARKS_FILE).write_bytes(read_landmarks(published.read_bytes()))
