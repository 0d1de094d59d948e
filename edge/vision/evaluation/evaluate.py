"""The whole of an evaluation, in the order of the report."""

from dataclasses import replace

import numpy as np

from edge.vision.evaluation.identification import open_set, rank1, sizes_for
from edge.vision.evaluation.photos import Photographed
from edge.vision.evaluation.report import Evaluation
from edge.vision.evaluation.samples import all_pairs
from edge.vision.evaluation.verification import by_reason, verify


def evaluate(
    photos: Photographed,
    model: str,
    *,
    thresholds: tuple[float, ...],
    margin: float,
    most_photos: int,
    replicates: int,
    rng: np.random.Generator,
) -> Evaluation:
    """`thresholds` and `margin` are those whose FPIR and FNIR are asked for; more than `most_photos` are thinned by
    whole people."""
    sample = photos.sample.at_most(most_photos, rng)
    verification = verify(all_pairs(sample), len(sample.names), replicates, rng)
    return Evaluation(
        model=model,
        photos=replace(photos, sample=sample),
        verification=verification,
        spoilt=by_reason(sample, verification.threshold),
        open_sets=tuple(
            open_set(sample, size, thresholds, margin, replicates, rng) for size in sizes_for(len(sample.names))
        ),
        rank1=rank1(sample, replicates, rng),
        margin=margin,
    )
