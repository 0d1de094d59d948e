"""An evaluation in words and as JSON. What the photos cannot tell is `-` and null, never a number."""

import json
from dataclasses import dataclass

from edge.vision.evaluation.bootstrap import Figure
from edge.vision.evaluation.identification import FPIRS, OpenSet
from edge.vision.evaluation.photos import Photographed
from edge.vision.evaluation.verification import BAND_FAR, FARS, Spoilt, Verification


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    model: str
    """The embedder's digest."""
    photos: Photographed
    verification: Verification
    spoilt: tuple[Spoilt, ...]
    """What spoils the photos, and what that costs."""
    open_sets: tuple[OpenSet, ...]
    """By the gallery's size."""
    rank1: Figure
    margin: float

    @property
    def headline(self) -> OpenSet:
        """Half of the people enrolled, the other half strangers."""
        return self.open_sets[len(self.open_sets) // 2]


def as_json(evaluation: Evaluation) -> str:
    photos, one_to_one, headline = evaluation.photos, evaluation.verification, evaluation.headline
    return json.dumps({
        "model": evaluation.model,
        "people": len(photos.sample.names),
        "photos": len(photos.sample),
        "left_out": [{"file": str(photo.file), "reason": photo.reason} for photo in photos.left_out],
        "failure_to_enrol": photos.failure_to_enrol,
        "genuine_pairs": one_to_one.genuine_pairs,
        "impostor_pairs": one_to_one.impostor_pairs,
        "far_resolution": _resolution(one_to_one.impostor_pairs),
        "tar_at_far": {_key(far): figure.value for far, figure in zip(FARS, one_to_one.tar_at_far, strict=True)},
        "eer": one_to_one.eer.value,
        "rank1": evaluation.rank1.value,
        "fnir_at_fpir": {_key(f): figure.value for f, figure in zip(FPIRS, headline.fnir_at_fpir, strict=True)},
        "intervals": {
            "tar_at_far": {_key(far): _bounds(figure) for far, figure in zip(FARS, one_to_one.tar_at_far, strict=True)},
            "eer": _bounds(one_to_one.eer),
            "rank1": _bounds(evaluation.rank1),
        },
        "quality_bands": [
            {"from": band.low, "tar": band.tar, "far": band.far, "genuine_pairs": band.genuine_pairs,
             "impostor_pairs": band.impostor_pairs} for band in one_to_one.bands
        ],
        "reasons": [
            {"reason": one.reason or None, "photos": one.photos, "genuine_pairs": one.genuine_pairs, "tar": one.tar}
            for one in evaluation.spoilt
        ],
        "open_set": [_open_set_json(one) for one in evaluation.open_sets],
        "margin": evaluation.margin,
    })  # fmt: skip


def _open_set_json(one: OpenSet) -> dict[str, object]:
    return {
        "gallery_people": one.gallery_people, "galleries": one.galleries,
        "mated_searches": one.mated, "non_mated_searches": one.non_mated,
        "fnir_at_fpir": {_key(f): _figure_json(figure) for f, figure in zip(FPIRS, one.fnir_at_fpir, strict=True)},
        "by_threshold": [
            {"threshold": threshold, "fpir": _figure_json(fpir), "fnir": _figure_json(fnir),
             "wrong_name": _figure_json(wrong)} for threshold, fpir, fnir, wrong in one.by_threshold
        ],
    }  # fmt: skip


def as_text(evaluation: Evaluation) -> str:
    photos, one_to_one = evaluation.photos, evaluation.verification
    lines = [
        f"{len(photos.sample)} photos of {len(photos.sample.names)} people, model {evaluation.model}; "
        f"{len(photos.left_out)} photos left out ({photos.failure_to_enrol:.1%})",
        "", "1:1, is it the same person?",
        f"  {one_to_one.genuine_pairs} genuine and {one_to_one.impostor_pairs} impostor pairs; 95 % interval by "
        "bootstrap over people",
    ]  # fmt: skip
    for far, figure in zip(FARS, one_to_one.tar_at_far, strict=True):
        why = "" if figure.value is not None else f" not measurable: it takes {1 / far:.0f} impostor pairs at least"
        lines.append(f"  TAR at FAR {_key(far):6} {_said(figure)}{why}")
    lines += [
        f"  EER               {_said(one_to_one.eer)}",
        f"  by quality, at the threshold for FAR {_key(BAND_FAR)}:",
    ]
    for band in one_to_one.bands:
        pairs = f"{band.genuine_pairs} genuine, {band.impostor_pairs} impostor pairs"
        lines.append(f"    from {band.low:.1f}   TAR {_share(band.tar)}  FAR {_share(band.far)}  {pairs}")
    if evaluation.spoilt:
        lines.append("  by what spoils a photo most, at the same threshold:")
    for spoilt in evaluation.spoilt:
        pairs = f"{spoilt.photos} photos, {spoilt.genuine_pairs} genuine pairs"
        lines.append(f"    {spoilt.reason or 'nothing':10} TAR {_share(spoilt.tar)}  {pairs}")
    lines += ["", "1:N, who is it, or nobody?", f"  rank-1, everybody enrolled: {_said(evaluation.rank1)}"]
    for one in evaluation.open_sets:
        people = "1 person" if one.gallery_people == 1 else f"{one.gallery_people} people"
        lines += ["", f"  gallery of {people} ({one.galleries} drawn; {one.mated} mated, "
                      f"{one.non_mated} non-mated searches)"]  # fmt: skip
        for fpir, figure in zip(FPIRS, one.fnir_at_fpir, strict=True):
            why = "" if figure.value is not None else " not measurable with so few photos"
            lines.append(f"    FNIR at FPIR {_key(fpir):5} {_said(figure)}{why}")
        lines.append(f"    with margin {evaluation.margin:.2f}: {'FPIR':24} {'FNIR':24} wrong name")
        for threshold, *rates in one.by_threshold:
            lines.append(
                f"    threshold {threshold:.2f}:   " + " ".join(f"{_said(rate):24}" for rate in rates).rstrip()
            )
    return "\n".join(lines)


def _key(share: float) -> str:
    """1e-3, as everybody writes it."""
    digits, _, exponent = f"{share:.0e}".partition("e")
    return f"{digits}e{int(exponent)}"


def _resolution(comparisons: int) -> float | None:
    return 1 / comparisons if comparisons else None


def _bounds(figure: Figure) -> list[float] | None:
    return None if figure.interval is None else [figure.interval.low, figure.interval.high]


def _figure_json(figure: Figure) -> dict[str, object]:
    return {"value": figure.value, "interval": _bounds(figure)}


def _share(value: float | None) -> str:
    return "-     " if value is None else f"{value:.4f}"


def _said(figure: Figure) -> str:
    if figure.interval is None:
        return _share(figure.value)
    return f"{_share(figure.value)} ({figure.interval.low:.4f}-{figure.interval.high:.4f})"
