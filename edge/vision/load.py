"""From the model store to a pipeline that runs."""

import cv2

from edge.errors import Misconfigured
from edge.vision import build
from edge.vision.align import Aligner as DlibAligner
from edge.vision.align import ArcFaceAligner
from edge.vision.attention import Attention
from edge.vision.detect_blazeface import BlazeFace
from edge.vision.detect_yunet import YuNet
from edge.vision.embed import ManifestEmbedder
from edge.vision.landmarks import LandmarkPredictor
from edge.vision.liveness import MiniFasNet, Scaled
from edge.vision.manifest import Model
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Aligner, Detector, Embedder, Pipeline
from edge.vision.runtime import OnnxNetwork
from edge.vision.threads import ONE_EACH, Threads


def load_pipeline(store: ModelStore, *, detector: str | None = None, threads: Threads = ONE_EACH) -> Pipeline:
    """The best models that are here, their checksums verified; `detector` names one in particular.

    Raises Misconfigured when a model is missing or altered: `models pull` helps.
    """
    # Our stages are small: OpenCV's own threads would only fight with the engines for the same cores.
    cv2.setNumThreads(1)
    return Pipeline(load_detector(store, detector, threads.detector), *load_embedder(store, threads.looks))


def load_embedder(store: ModelStore, threads: int = 1) -> tuple[Aligner, Embedder]:
    """The best embedder that is here, or the store's own, with the aligner that it wants. Raises as `load_pipeline`."""
    embedder = store.needed("embedder")
    return _aligner(store, embedder), _embedder(store, embedder, threads)


def spared_attention(detector: Detector, *, motion_gate: bool, adaptive_width: bool) -> Attention:
    """How closely `detector` looks at a camera's stream. Only YuNet has another width."""
    find_large = detector.detect_large if adaptive_width and isinstance(detector, YuNet) else None
    return Attention(detector.detect, find_large, gate=motion_gate)


def load_liveness(store: ModelStore, *, threads: int = 1) -> MiniFasNet:
    """The networks that judge liveness, all of them, their checksums verified.

    Raises Misconfigured when one is missing or altered.
    """
    networks = []
    for model in store.manifest.of_role("liveness"):
        store.verify(model)
        assert model.input
        assert model.crop_scale
        network = OnnxNetwork(store.folder_of(model) / build.LIVENESS_FILE, threads=threads, dims={"N": 1})
        networks.append(Scaled(network, model.crop_scale, model.input.width_px))
    if not networks:
        raise Misconfigured("no model for liveness is in the manifest")
    return MiniFasNet(networks)


def load_detector(store: ModelStore, name: str | None = None, threads: int = 1) -> Detector:
    """The best detector that is here, or the one named."""
    return _detector(store, store.manifest.named(name) if name else store.needed("detector"), threads)


def _detector(store: ModelStore, model: Model, threads: int) -> Detector:
    store.verify(model)
    folder, least = store.folder_of(model), model.threshold("min_score")
    if model.build == "yunet":
        return YuNet(folder / build.YUNET_FILE, threads=threads, min_score=least)
    return BlazeFace(folder / model.file, threads=threads, min_score=least)


def _aligner(store: ModelStore, embedder: Model) -> Aligner:
    if embedder.align == "arcface" and embedder.input is not None:
        return ArcFaceAligner(embedder.input.width_px)
    landmarks = store.needed("landmarks")
    store.verify(landmarks)
    return DlibAligner(LandmarkPredictor(store.folder_of(landmarks) / build.LANDMARKS_FILE))


def _embedder(store: ModelStore, model: Model, threads: int) -> Embedder:
    record = store.verify(model)
    if model.build == "as-is":
        return ManifestEmbedder(store.folder_of(model) / model.file, model, threads=threads)
    fastest = next(iter(record.embedding_ms))
    return build.EMBEDDERS[fastest](store.folder_of(model) / fastest, model.digest, threads=threads)
