"""An embedder's file, tried before it has an entry: what it takes and gives, how fast and, on photos, how well."""

import statistics
import time
from pathlib import Path
from typing import Literal

import numpy as np

from edge.errors import Misconfigured
from edge.vision.align import ARCFACE_SIDE_PX, ArcFaceAligner
from edge.vision.embed import ENGINES, ManifestEmbedder
from edge.vision.evaluation.error_rates import ErrorRates
from edge.vision.evaluation.samples import Sample, all_pairs
from edge.vision.load import load_detector
from edge.vision.manifest import GALLERY_THRESHOLDS, InputGeometry, Model
from edge.vision.model_store import ModelStore, sha256_of
from edge.vision.pipeline import Pipeline
from edge.vision.types import Distance

_RUNS = 10
_UNMEASURED = dict.fromkeys(GALLERY_THRESHOLDS, 0.0)
IDENTIFY_FAR = 1e-3
"""`identify` is where so many of the impostor pairs are accepted; with too few pairs, the nearest of them."""
ASK, MARGIN, SAME_TRACK = 1.1, 0.1, 1.5
"""Times `identify`: as those of dlib-resnet are to its own."""


def trial_entry(
    file: Path, *, colour: Literal["rgb", "bgr"], mean: float, scale: float, distance: Distance
) -> Model:  # fmt: skip
    """What the file itself says, as an entry. Raises Misconfigured."""
    engine = ENGINES.get(file.suffix.lower())
    if engine is None or not file.is_file():
        raise Misconfigured(f"{file}: no file that ends in {' or '.join(ENGINES)}")
    try:
        network = engine(file)
    except Exception as error:  # what the engines raise has no common base
        raise Misconfigured(f"{file}: no network that can be read: {error}") from error
    shape = network.input.shape
    if len(shape) != 4 or 3 not in (shape[1], shape[3]) or network.input.type != "float":
        shown = "x".join("?" if one is None else str(one) for one in shape)
        raise Misconfigured(f"{file}: takes {shown} {network.input.type}, no picture of three colours in float32")
    planes_first = shape[1] == 3
    side = shape[2] or ARCFACE_SIDE_PX
    gray = np.zeros((1, 3, side, side) if planes_first else (1, side, side, 3), np.float32)
    largest = max(network.run(gray).values(), key=lambda output: output.size)
    return Model(
        name="".join(letter if letter.isalnum() else "-" for letter in file.stem.lower()).strip("-") or "model",
        role="embedder", file=file.name, sha256=sha256_of(file), size_bytes=file.stat().st_size, licence="?",
        build="as-is", about="?", sources=(), align="arcface", distance=distance, dimension=largest.size,
        input=InputGeometry(width_px=side, height_px=side, colour=colour, mean=mean, scale=scale,
                            layout="nchw" if planes_first else "nhwc"),
        thresholds=_UNMEASURED,
    )  # fmt: skip


def trial_pipeline(store: ModelStore, file: Path, entry: Model) -> Pipeline:
    """Raises Misconfigured when no detector is here, or the network does not do as the entry says."""
    assert entry.input is not None
    return Pipeline(load_detector(store), ArcFaceAligner(entry.input.width_px), ManifestEmbedder(file, entry))


def embedding_ms(embedder: ManifestEmbedder, side_px: int) -> float:
    """The median, on one thread."""
    chip = np.random.default_rng(0).integers(0, 256, (side_px, side_px, 3), np.uint8)
    times = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        embedder.embed(chip)
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def measured(entry: Model, sample: Sample) -> tuple[Model, ErrorRates]:
    """The entry with thresholds of the sample's own."""
    pairs = all_pairs(sample)
    rates = ErrorRates(pairs.distance[pairs.is_genuine], pairs.distance[~pairs.is_genuine])
    if not len(rates.impostors) or not len(rates.genuine):
        raise Misconfigured("the photos have no two of one person, or of one person only: thresholds need both")
    identify = rates.threshold_at(IDENTIFY_FAR)
    if identify is None:
        identify = float(np.nextafter(rates.impostors[0], 0.0))
    found = {"identify": identify, "ask": ASK * identify, "margin": MARGIN * identify,
             "same_track": SAME_TRACK * identify}  # fmt: skip
    return entry.model_copy(update={"thresholds": {name: round(value, 3) for name, value in found.items()}}), rates


def as_toml(entry: Model) -> str:
    """To be put into a manifest of one's own; what only a person knows is `?`."""
    of = entry.input
    assert of is not None
    thresholds = ", ".join(f"{name} = {value:g}" for name, value in entry.thresholds.items())
    return f"""[[model]]
name = "{entry.name}"
role = "embedder"
file = "{entry.file}"
sha256 = "{entry.sha256}"
size_bytes = {entry.size_bytes}
licence = "{entry.licence}"
build = "as-is"
about = "{entry.about}"
sources = []
input = {{ width_px = {of.width_px}, height_px = {of.height_px}, colour = "{of.colour}", scale = {of.scale!r}, \
mean = {of.mean!r}, layout = "{of.layout}" }}
align = "arcface"
distance = "{entry.distance}"
dimension = {entry.dimension}
thresholds = {{ {thresholds} }}"""
