"""A folder of photos and what was made of them, before the networks that judge liveness: measured, and told."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.errors import Misconfigured, Rejected
from edge.vision.evaluation.attack_rates import (
    WISHED_BPCER,
    NonResponse,
    Presentations,
    Rates,
    halves,
    non_response,
    rates_at,
    threshold_for,
)
from edge.vision.evaluation.attacks import Kind, draw_presentation, rephotographed
from edge.vision.evaluation.bootstrap import Figure
from edge.vision.photo import MIN_FACE_PX, photos_in, read_photo
from edge.vision.pipeline import Pipeline
from edge.vision.types import Image


@dataclass(frozen=True, slots=True)
class LivenessEvaluation:
    people: int
    photos: int
    left_out: int
    """Files that are no pictures."""
    chosen_on: int
    """On so many people the first of `rates` had its threshold chosen; all are measured on the others."""
    rates: tuple[Rates, ...]
    non_response: NonResponse


def evaluate_liveness(
    folder: Path,
    pipeline: Pipeline,
    thresholds: Sequence[float],
    *,
    replicates: int,
    seed: int,
    progress: Callable[[int, int], None],
) -> LivenessEvaluation:
    """DIR/PERSON/*.jpg, each once as it is and once as every kind of attack. Raises Misconfigured with too few people.

    `pipeline` judges liveness. `thresholds` are those in use; one more is chosen on half of the people.
    """
    shown, photos, left_out = present_all(folder, pipeline, np.random.default_rng(seed), progress)
    rng = np.random.default_rng(seed)
    choosing, measuring = halves(len(shown.names), rng)
    chosen = threshold_for(shown.of_people(choosing)) if len(choosing) else None
    if chosen is None:
        raise Misconfigured(f"{folder}: photos with faces of at least two people are needed, DIR/PERSON/*.jpg")
    others = shown.of_people(measuring)
    return LivenessEvaluation(
        people=len(shown.names),
        photos=photos,
        left_out=left_out,
        chosen_on=len(choosing),
        rates=tuple(rates_at(others, threshold, replicates, rng) for threshold in (chosen, *thresholds)),
        non_response=non_response(shown),
    )


def present_all(
    folder: Path, pipeline: Pipeline, rng: np.random.Generator, progress: Callable[[int, int], None]
) -> tuple[Presentations, int, int]:
    """Every photo before the camera; how many they were, and how many files were none."""
    files = list(photos_in(folder))
    owners: list[str] = []
    kinds: list[Kind | None] = []
    scores: list[float] = []
    left_out = 0
    for done, (person, file) in enumerate(files, 1):
        try:
            photo = read_photo(file)
        except Rejected:
            left_out += 1
            continue
        for kind in (None, *Kind):
            image = photo if kind is None else rephotographed(photo, draw_presentation(kind, rng), rng)
            owners.append(person)
            kinds.append(kind)
            scores.append(_score(pipeline, image))
        progress(done, len(files))
    names = tuple(dict.fromkeys(owners))
    numbers = np.array([names.index(owner) for owner in owners], np.intp)
    return Presentations(names, numbers, tuple(kinds), np.array(scores)), len(files) - left_out, left_out


def _score(pipeline: Pipeline, image: Image) -> float:
    """Of the largest face; NaN when there is none that a unit would look at."""
    faces = [face for face in pipeline.detect(image) if min(face.box.width, face.box.height) >= MIN_FACE_PX]
    if not faces:
        return float("nan")
    score = pipeline.live_score(image, max(faces, key=lambda face: face.box.area))
    assert score is not None
    return score


def as_json(found: LivenessEvaluation) -> str:
    return json.dumps({
        "people": found.people, "photos": found.photos, "left_out": found.left_out, "chosen_on": found.chosen_on,
        "wished_bpcer": WISHED_BPCER,
        "rates": [
            {"threshold": one.threshold, "bpcer": _figure(one.bpcer), "worst": one.worst,
             "apcer": {kind: _figure(figure) for kind, figure in one.apcer.items()}} for one in found.rates
        ],
        "bpnrr": found.non_response.bona_fide, "apnrr": found.non_response.attacks,
    })  # fmt: skip


def as_text(found: LivenessEvaluation) -> str:
    chosen, *others = found.rates
    lines = [
        f"{found.photos} photos of {found.people} people, {found.left_out} files left out; one look each, attacks are "
        "simulated",
        f"measured on the {found.people - found.chosen_on} people on whom no threshold was chosen; 95 % interval by "
        "bootstrap over people",
        "",
        f"{'threshold':28} {'BPCER':24} " + " ".join(f"{f'APCER {kind}':24}" for kind in Kind).rstrip(),
        _row(f"{chosen.threshold:.2f} (for BPCER {WISHED_BPCER:.0%})", chosen),
        *(_row(f"{one.threshold:.2f} (in use)", one) for one in others),
        "",
        f"{'no face found':28} {_share(found.non_response.bona_fide):24} "
        + " ".join(f"{_share(found.non_response.attacks[kind]):24}" for kind in Kind).rstrip(),
    ]
    return "\n".join(lines)


def _row(name: str, rates: Rates) -> str:
    return f"{name:28} " + " ".join(f"{_said(one):24}" for one in (rates.bpcer, *rates.apcer.values())).rstrip()


def _figure(figure: Figure) -> dict[str, object]:
    interval = figure.interval
    return {"value": figure.value, "interval": [interval.low, interval.high] if interval else None}


def _said(figure: Figure) -> str:
    interval = figure.interval
    return _share(figure.value) + (f" ({interval.low:.3f}-{interval.high:.3f})" if interval else "")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
