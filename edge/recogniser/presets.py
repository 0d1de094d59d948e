"""The rules a unit starts with: calibrated for its own gallery, or else the manifest's."""

from collections.abc import Mapping
from dataclasses import replace

from edge.errors import Misconfigured
from edge.recogniser.calibration_file import Calibration, file_of
from edge.recogniser.decide import Rules
from edge.vision.manifest import Model
from edge.vision.model_store import ModelStore


def rules_for(
    store: ModelStore,
    *,
    min_face_px: float = 40.0,
    passage_window_s: float = 60.0,
    calibration: Calibration | None = None,
    classes: Mapping[str, Calibration] | None = None,
) -> Rules:
    """The rules for the embedder that is here; `classes` have calibrations of their own.

    Raises Misconfigured when there is none, and when a calibration was made for another one.
    """
    embedder = store.ready("embedder")
    if embedder is None:
        raise Misconfigured("no model for the embedder is here: run `diemdanh-edge models pull`")
    preset = Rules(
        threshold=embedder.threshold("identify"),
        ask_threshold=embedder.threshold("ask"),
        margin=embedder.threshold("margin"),
        min_face_px=min_face_px,
        passage_window_s=passage_window_s,
    )
    own = {one: _calibrated(preset, embedder, found, file_of(one)) for one, found in (classes or {}).items()}
    school = preset if calibration is None else _calibrated(preset, embedder, calibration, file_of(None))
    return replace(school, classes=own)


def _calibrated(preset: Rules, embedder: Model, calibration: Calibration, file: str) -> Rules:
    if calibration.model != embedder.digest:
        raise Misconfigured(
            f"the calibration was made for model {calibration.model} and {embedder.name} is {embedder.digest}: "
            f"run `diemdanh-edge calibrate` again; until then delete {file} to use the manifest's preset"
        )
    return replace(
        preset,
        threshold=calibration.threshold,
        ask_threshold=calibration.ask_threshold,
        margin=calibration.margin,
    )
