"""Rules from the manifest: where every unit starts until it is calibrated for its own gallery."""

from edge.errors import Misconfigured
from edge.recogniser.decide import Rules
from edge.vision.model_store import ModelStore


def rules_for(store: ModelStore, *, min_face_px: float = 40.0, passage_window_s: float = 60.0) -> Rules:
    """The rules for the embedder that is here. Raises Misconfigured when there is none."""
    embedder = store.ready("embedder")
    if embedder is None:
        raise Misconfigured("no model for the embedder is here: run `diemdanh-edge models pull`")
    return Rules(
        threshold=embedder.threshold("identify"),
        ask_threshold=embedder.threshold("ask"),
        margin=embedder.threshold("margin"),
        min_face_px=min_face_px,
        passage_window_s=passage_window_s,
    )
