"""Another embedder is an entry in a manifest of one's own: pulled, watched with, enrolled and recognised with."""

import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.__main__ import main
from edge.errors import EdgeError, Misconfigured
from edge.vision.align import ARCFACE, ArcFaceAligner
from edge.vision.duplicates import duplicates
from edge.vision.embed import ManifestEmbedder
from edge.vision.evaluation.samples import distances
from edge.vision.manifest import Model, read_manifest
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.types import Box, Face
from tests.edge.vision.tiny import DIMENSION, manifest_entry, onnx_embedder, stills, tflite_embedder, tiny_machine

Embed = Callable[..., ManifestEmbedder]


@pytest.fixture
def embedder(tmp_path: Path) -> Embed:
    def make(content: bytes, suffix: str = ".onnx", **fields: Any) -> ManifestEmbedder:
        file = tmp_path / f"tiny{suffix}"
        file.write_bytes(content)
        (entry,) = tomllib.loads(manifest_entry(file, **fields))["model"]
        return ManifestEmbedder(file, Model.model_validate(entry))

    return make


def chip(side: int = 112) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (side, side, 3), np.uint8)


def test_pixels_arrive_as_the_entry_says(embedder: Embed):
    """Against numpy: colour, mean, scale, both layouts, length 1."""
    mixed = np.random.default_rng(1).normal(0, 1, (192, DIMENSION)).astype(np.float32)
    for colour, mean, scale in (("rgb", 127.5, 1 / 127.5), ("bgr", 0.0, 1.0), ("rgb", 0.0, 1 / 255)):
        pixels = chip()[:, :, ::-1] if colour == "rgb" else chip()
        cells = ((pixels.astype(np.float64) - mean) * scale).reshape(8, 14, 8, 14, 3).mean(axis=(1, 3))
        raw = cells.transpose(2, 0, 1).reshape(-1) @ mixed
        geometry = {"colour": colour, "mean": mean, "scale": scale}
        for planes_first in (True, False):
            content = onnx_embedder(planes_first=planes_first)
            unit = embedder(content, input=geometry).embed(chip())
            assert unit == pytest.approx(raw / np.linalg.norm(raw), abs=1e-4)
            plain = embedder(content, input=geometry, distance="euclidean").embed(chip())
            assert plain == pytest.approx(raw, rel=1e-3, abs=1e-3 * np.abs(raw).max())


def test_a_tflite_file_runs_too(embedder: Embed):
    template = embedder(tflite_embedder(), ".tflite", dimension=128).embed(chip())
    assert template.shape == (128,)
    assert np.linalg.norm(template) == pytest.approx(1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dimension": 128}, r"model tiny: dimension: 128 is none of the network's outputs: template 64"),
        ({"input": {"width_px": 96, "height_px": 96}}, r"input\.width_px: a picture of 96x96 px.*1x3x112x112"),
        ({"input": {"layout": "nhwc"}}, r"input\.layout: nhwc does not fit.*1x3x112x112: it is nchw"),
    ],
)
def test_an_entry_that_does_not_fit_the_network_is_told_by_its_field(embedder: Embed, fields: Any, said: str):
    with pytest.raises(Misconfigured, match=said):
        embedder(onnx_embedder(), **fields)


@pytest.mark.parametrize(
    ("content", "suffix", "said"),
    [
        (b"not a network", ".onnx", r"file: tiny\.onnx is no network that can be read"),
        (b"not a network", ".tflite", r"file: tiny\.tflite is no network that can be read"),
        (b"pickle", ".pth", r"file: tiny\.pth is run by nothing here"),
        (onnx_embedder(fault=float("nan")), ".onnx", r"input\.scale: the network answers a gray picture with"),
    ],
)
def test_a_wrong_file_is_named(embedder: Embed, content: bytes, suffix: str, said: str):
    with pytest.raises(Misconfigured, match=said):
        embedder(content, suffix)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"align": "dlib"}, r"model\.0: .*align: dlib's is for 150 px, not 112 px.*\(of tiny\)"),
        ({"distance": "manhattan"}, r"model\.0\.distance: .*'cosine'.*\(of tiny\)"),
        ({"input": {"scale": float("nan")}}, r"model\.0\.input\.scale"),
        ({"input": {"layout": "chwn"}}, r"model\.0\.input\.layout"),
        ({"input": {"height_px": 96}}, r"chip is square"),
        ({"name": "dlib-resnet"}, r"own\.toml: dlib-resnet: a model that ships has this name"),
    ],
)
def test_a_wrong_entry_of_ones_own_is_told_by_its_field(tmp_path: Path, fields: Any, said: str):
    (tmp_path / "tiny.onnx").write_bytes(b"x")
    (tmp_path / "own.toml").write_text(manifest_entry(tmp_path / "tiny.onnx", **fields), encoding="utf-8")
    with pytest.raises(Misconfigured, match=said):
        read_manifest(environ={"DIEMDANH_MODEL_MANIFEST": str(tmp_path / "own.toml")})


def test_cosine_distance_is_one_minus_the_cosine_whatever_the_lengths():
    rng = np.random.default_rng(3)
    templates, probe = rng.normal(0, 3, (50, 16)).astype(np.float32), rng.normal(0, 9, 16).astype(np.float32)
    cosines = templates @ probe / np.linalg.norm(templates, axis=1) / np.linalg.norm(probe)
    match = Gallery([f"hs-{i}" for i in range(50)], templates, "m", distance="cosine").match(probe, "m")
    assert match is not None
    first, second = np.sort(1 - cosines)[:2]
    assert match.person == f"hs-{cosines.argmax()}"
    assert (match.distance, match.margin) == (pytest.approx(first, abs=1e-5), pytest.approx(second - first, abs=1e-5))
    assert distances(probe[None], templates, "cosine")[0] == pytest.approx(1 - cosines, abs=1e-6)
    unit = templates / np.linalg.norm(templates, axis=1, keepdims=True)
    nearest = distances(unit, unit, "cosine")[np.triu_indices(50, 1)].min()
    (pair,) = duplicates([f"hs-{i}" for i in range(50)], unit, nearest + 1e-6, "cosine")
    assert pair.distance == pytest.approx(nearest, abs=1e-5)


def test_a_face_is_put_onto_arcfaces_points_at_any_size():
    """Five dots where the points are; they come out where the template says."""
    for zoom in (0.8, 3.0, 9.0):
        points = ((ARCFACE + 20) * zoom).astype(np.float32)
        image = np.zeros((round(160 * zoom), round(160 * zoom), 3), np.uint8)
        for x, y in points:
            cv2.circle(image, (round(float(x)), round(float(y))), max(1, round(2 * zoom)), (255, 255, 255), -1)
        seen = ArcFaceAligner().chip(image, Face(Box(20 * zoom, 20 * zoom, 112 * zoom, 112 * zoom), 0.9, points))
        assert seen.shape == (112, 112, 3)
        for x, y in ARCFACE:
            around = seen[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5, 0].astype(float)
            rows, columns = np.mgrid[-4:5, -4:5]
            assert abs((around * columns).sum() / around.sum()) < 1.0
            assert abs((around * rows).sum() / around.sum()) < 1.0


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, media: Path) -> Path:
    """A unit whose only embedder of use is `tiny`, with a still of each of two people."""
    try:
        ModelStore.of_this_machine().pull(["yunet"])
        published = ModelStore.of_this_machine().published("yunet")[0]
    except EdgeError as error:
        pytest.skip(f"YuNet cannot be had here: {error}")
    models = tiny_machine(tmp_path, monkeypatch, "tiny")
    (models / published.name).write_bytes(published.read_bytes())
    stills(tmp_path / "photos", media)
    return tmp_path


@pytest.mark.media
def test_it_is_pulled_watched_with_enrolled_and_recognised_with(
    machine: Path, media: Path, capsys: pytest.CaptureFixture[str]
):
    woman, man = (str(media / "clips" / f"head-pose-face-detection-{who}.gif") for who in ("female", "male"))
    assert main(["models", "pull", "yunet", "tiny"]) == 0
    capsys.readouterr()
    watch = ["watch", "--source", woman, "--gallery", str(machine / "photos"), "--embedder", "tiny", "--json"]
    assert main(watch) == 0
    watched = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"] for line in watched if line["outcome"] == "identified"} == {"hs-f"}
    assert main(["enrol", str(machine / "photos")]) == 0
    capsys.readouterr()
    assert main(["run", "--source", man, "--once", "--pace", "fast", "--json"]) == 0
    *said, _ = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    named = [line for line in said if line["outcome"] == "identified"]
    assert {line["person"] for line in named} == {"hs-m"}
    assert all(0 <= line["distance"] <= 0.1 for line in named)


@pytest.mark.media
def test_with_another_model_nobody_is_known_until_enrolled_again_and_each_is_named(
    machine: Path, media: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    clip = str(media / "clips" / "head-pose-face-detection-male.gif")

    def seen() -> set[tuple[str, str | None]]:
        capsys.readouterr()
        assert main(["run", "--source", clip, "--once", "--pace", "fast", "--json"]) == 0
        *said, _ = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return {(line["outcome"], line["person"]) for line in said}

    def to_enrol_again() -> list[str]:
        capsys.readouterr()
        assert main(["roster", "check", "--json"]) == 0
        return list(json.loads(capsys.readouterr().out)["enrol_again"])

    assert main(["models", "pull", "yunet", "tiny"]) == 0
    assert main(["enrol", str(machine / "photos")]) == 0
    assert to_enrol_again() == []
    (machine / "models" / "other.onnx").write_bytes(onnx_embedder(seed=2))
    entries = [manifest_entry(machine / "models" / f"{name}.onnx") for name in ("tiny", "other")]
    (machine / "own.toml").write_text("\n".join(entries), encoding="utf-8")
    monkeypatch.setenv("DIEMDANH_EDGE_EMBEDDER", "other")
    assert main(["models", "pull", "other"]) == 0
    assert {outcome for outcome, _ in seen()} == {"unknown"}
    assert to_enrol_again() == ["hs-f", "hs-m"]
    assert main(["enrol", str(machine / "photos")]) == 0
    assert ("identified", "hs-m") in seen()
    assert to_enrol_again() == []


@pytest.mark.media
def test_what_try_prints_is_an_entry_that_works(machine: Path, media: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["models", "pull", "yunet"]) == 0
    photos = machine / "lfw"
    for person in sorted((media / "faces" / "lfw10").iterdir())[:3]:
        (photos / person.name).mkdir(parents=True)
        for file in sorted(person.iterdir())[:3]:
            (photos / person.name / file.name).write_bytes(file.read_bytes())
    capsys.readouterr()
    assert main(["models", "try", str(machine / "models" / "tiny.onnx"), "--images", str(photos)]) == 0
    said = capsys.readouterr()
    assert "9 genuine and 27 impostor pairs: EER" in said.err
    assert "TAR at FAR 1e-3 not measurable" in said.err
    (machine / "own.toml").write_text(said.out, encoding="utf-8")
    entry = read_manifest().named("tiny")
    assert entry.dimension == DIMENSION
    assert 0 < entry.threshold("identify") < entry.threshold("ask") < entry.threshold("same_track")
    assert ManifestEmbedder(machine / "models" / "tiny.onnx", entry).embed(chip()).shape == (DIMENSION,)


def test_try_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "broken.onnx").write_bytes(b"nothing")
    for name, said in (("broken.onnx", "no network that can be read"), ("gone.onnx", "no file that ends in .onnx")):
        assert main(["models", "try", str(tmp_path / name)]) == 1
        assert said in capsys.readouterr().err


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "mean", "scale"),
    [("face_recognition_sface_2021dec", 0.0, 1.0), ("w600k_mbf", 127.5, 1 / 127.5)],
)
def test_published_embedders_tell_people_apart(
    media: Path, capsys: pytest.CaptureFixture[str], name: str, mean: float, scale: float
):
    """SFace and MobileFaceNet by what their makers say of them; nothing of them is shipped."""
    file = Path(os.environ.get("DIEMDANH_MODEL_PATH", "")) / f"{name}.onnx"
    if not file.is_file():
        pytest.skip(f"{file.name} is not in DIEMDANH_MODEL_PATH")
    images = str(media / "faces" / "lfw10")
    assert main(["models", "try", str(file), "--mean", str(mean), "--scale", str(scale), "--images", images]) == 0
    rates = re.search(r"EER ([\d.]+), TAR at FAR 1e-3 ([\d.]+)", capsys.readouterr().err)
    assert rates is not None
    assert float(rates[1]) <= 0.05
    assert float(rates[2]) >= 0.9
