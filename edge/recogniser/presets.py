"""The rules a unit starts with: calibrated for its own gallery, or else the manifest's."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from edge.contract import LivenessState
from edge.errors import Misconfigured
from edge.recogniser.calibration_file import Calibration, file_of
from edge.recogniser.decide import Rules
from edge.recogniser.liveness_vote import LivenessRules
from edge.vision.distance import as_euclidean
from edge.vision.load import load_liveness
from edge.vision.manifest import Model
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline

log = logging.getLogger(__name__)


def rules_for(
    store: ModelStore,
    *,
    min_face_px: float = 40.0,
    passage_window_s: float = 60.0,
    calibration: Calibration | None = None,
    classes: Mapping[str, Calibration] | None = None,
    liveness: LivenessRules | None = None,
    keeps_shots: bool = False,
) -> Rules:
    """The rules for the embedder that is here; `classes` have calibrations of their own.

    Raises Misconfigured when there is none, and when a calibration was made for another one.
    """
    embedder = store.needed("embedder")
    preset = Rules(
        threshold=embedder.threshold("identify"),
        ask_threshold=embedder.threshold("ask"),
        margin=embedder.threshold("margin"),
        same_track=as_euclidean(embedder.threshold("same_track"), embedder.measure),
        min_face_px=min_face_px,
        passage_window_s=passage_window_s,
        liveness=liveness,
        keeps_shots=keeps_shots,
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


def switch_on_liveness(
    store: ModelStore, pipeline: Pipeline, wish: Literal["off", "warn", "refuse"]
) -> LivenessRules | None:
    """Give `pipeline` the networks that judge liveness, and say by which rules; None when it is off.

    A unit whose networks are missing or altered goes on without, for a roll call must be held; the log, `doctor` and
    the heartbeat say so.
    """
    if wish == "off":
        log.info("liveness is off by the setting `liveness`: a photo held before the camera counts as the person")
        return None
    try:
        pipeline.liveness = load_liveness(store)
    except Misconfigured as error:
        log.warning("liveness is off although the setting says %s, and a photo counts as the person: %s", wish, error)
        return None
    first = store.manifest.of_role("liveness")[0]
    return LivenessRules(wish, spoof_below=first.threshold("spoof"), live_from=first.threshold("live"))


def liveness_state(wish: Literal["off", "warn", "refuse"], rules: LivenessRules | None) -> LivenessState:
    """For the heartbeat."""
    if wish == "off":
        return LivenessState.OFF
    return LivenessState(rules.policy) if rules else LivenessState.MISSING
