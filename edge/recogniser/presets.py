"""The rules a unit starts with: calibrated for its own gallery, or else the manifest's."""

from edge.errors import Misconfigured
from edge.recogniser.calibration_file import Calibration
from edge.recogniser.decide import Rules
from edge.vision.model_store import ModelStore


def rules_for(
    store: ModelStore,
    *,
    min_face_px: float = 40.0,
    passage_window_s: float = 60.0,
    calibration: Calibration | None = None,
) -> Rules:
    """The rules for the embedder that is here.

    Raises Misconfigured when there is none, and when `calibration` was made for another one.
    """
    embedder = store.ready("embedder")
    if embedder is None:
        raise Misconfigured("no model for the embedder is here: run `diemdanh-edge models pull`")
    if calibration is not None and calibration.model != embedder.digest:
        raise Misconfigured(
            f"the calibration was made for model {calibration.model} and {embedder.name} is {embedder.digest}: "
            "run `diemdanh-edge calibrate` again; until then delete calibration.json to use the manifest's preset"
        )
    return Rules(
        threshold=calibration.threshold if calibration else embedder.threshold("identify"),
        ask_threshold=calibration.ask_threshold if calibration else embedder.threshold("ask"),
        margin=calibration.margin if calibration else embedder.threshold("margin"),
        min_face_px=min_face_px,
        passage_window_s=passage_window_s,
    )
