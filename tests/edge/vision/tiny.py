"""Tiny embedders, made on the spot: they tell apart what is bright where. Nobody should enrol with them."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge.vision.convert.dlib_resnet import Convolution
from edge.vision.convert.resnet_tflite import _Graph

SIDE_PX = 112
DIMENSION = 64
_POOL_PX = 14
_CELLS = SIDE_PX // _POOL_PX


def onnx_embedder(seed: int = 1, *, planes_first: bool = True, fault: float = 1.0) -> bytes:
    """(1, 3, 112, 112), or (1, 112, 112, 3), to (1, 64): the means of 8x8 cells, mixed. `fault` multiplies them."""
    mixed = np.random.default_rng(seed).normal(0, fault, (3 * _CELLS**2, DIMENSION)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", ["planes"], ["cells"], kernel_shape=[_POOL_PX] * 2, strides=[_POOL_PX] * 2),
        helper.make_node("Flatten", ["cells"], ["flat"]),
        helper.make_node("MatMul", ["flat", "mixed"], ["template"]),
    ]
    shape = [1, 3, SIDE_PX, SIDE_PX] if planes_first else [1, SIDE_PX, SIDE_PX, 3]
    first = helper.make_node("Transpose", ["chip"], ["planes"], perm=[0, 1, 2, 3] if planes_first else [0, 3, 1, 2])
    graph = helper.make_graph(
        [first, *nodes], "tiny", [helper.make_tensor_value_info("chip", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("template", TensorProto.FLOAT, [1, DIMENSION])],
        [numpy_helper.from_array(mixed, "mixed")],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString(deterministic=True))


def tflite_embedder() -> bytes:
    """(1, 112, 112, 3) to (1, 128), by the writer that the converted network comes from."""
    rng = np.random.default_rng(2)
    graph = _Graph()
    chip = graph.activation("chip", SIDE_PX, 3)
    layer = Convolution(rng.normal(0, 0.1, (32, 3, 7, 7)).astype(np.float32), np.zeros(32, np.float32), 7, 0)
    value = graph.mean(graph.convolve(chip, layer, relu=True))
    graph.finish(value, rng.normal(0, 1, (32, 128)).astype(np.float32))
    return graph.serialise(chip)


def manifest_entry(file: Path, **fields: object) -> str:
    """TOML for a manifest of one's own; `fields` over what fits `onnx_embedder`."""
    content = file.read_bytes()
    written = {
        "name": file.stem, "role": "embedder", "file": file.name, "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content), "licence": "CC0-1.0", "build": "as-is", "about": "for tests", "align": "arcface",
        "distance": "cosine", "dimension": DIMENSION,
    } | fields  # fmt: skip
    geometry = {"width_px": SIDE_PX, "height_px": SIDE_PX, "colour": "rgb", "scale": 1 / 127.5, "mean": 127.5}
    geometry |= written.pop("input", {})  # type: ignore[call-overload]
    thresholds = {"identify": 0.1, "ask": 0.15, "margin": 0.01, "same_track": 0.6}
    thresholds |= written.pop("thresholds", {})  # type: ignore[call-overload]
    return (
        "[[model]]\nsources = []\n"
        + "".join(f"{name} = {_toml(value)}\n" for name, value in written.items())
        + f"input = {_table(geometry)}\nthresholds = {_table(thresholds)}\n"
    )


def tiny_machine(folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> Path:
    """A unit in `folder` whose embedders of use are these, of different weights, the first by the setting. Gives the
    folder that the published files come from."""
    models = folder / "models"
    models.mkdir()
    for seed, name in enumerate(names, 1):
        (models / f"{name}.onnx").write_bytes(onnx_embedder(seed))
    entries = [manifest_entry(models / f"{name}.onnx") for name in names]
    (folder / "own.toml").write_text("\n".join(entries), encoding="utf-8")
    monkeypatch.setenv("DIEMDANH_CACHE", str(folder / "cache"))
    monkeypatch.setenv("DIEMDANH_MODEL_PATH", str(models))
    monkeypatch.setenv("DIEMDANH_MODEL_MANIFEST", str(folder / "own.toml"))
    monkeypatch.setenv("DIEMDANH_EDGE_EMBEDDER", names[0])
    monkeypatch.setenv("DIEMDANH_EDGE_DATA_DIR", str(folder / "data"))
    return models


def stills(folder: Path, media: Path) -> Path:
    """A folder of photos for `enrol`: one of each of the two people of the clips."""
    for person, whose in (("hs-f", "female"), ("hs-m", "male")):
        clip = f"head-pose-face-detection-{whose}.gif"
        (folder / person).mkdir(parents=True)
        arrived, still = cv2.VideoCapture(str(media / "clips" / clip)).read()
        assert arrived
        cv2.imwrite(str(folder / person / "still.png"), still)
    return folder


def _table(values: dict[str, object]) -> str:
    return "{ " + ", ".join(f"{name} = {_toml(value)}" for name, value in values.items()) + " }"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
