"""The models of this machine, the published files they were made from, and real frames."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.errors import EdgeError
from edge.vision.load import load_pipeline
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from tests.edge.vision.faces import Portrait, portraits


@pytest.fixture(scope="session")
def store() -> ModelStore:
    return ModelStore.of_this_machine()


def _have(store: ModelStore, name: str) -> None:
    try:
        store.pull([name])
    except EdgeError as error:
        pytest.skip(f"the model {name} cannot be had here: {error}")


@pytest.fixture(scope="session", params=["yunet", "blazeface"])
def detector(request: pytest.FixtureRequest, store: ModelStore) -> str:
    """Each detector of the manifest in turn; YuNet is on no package index, so it may be missing."""
    _have(store, request.param)
    return str(request.param)


@pytest.fixture(scope="session")
def pipeline(store: ModelStore, detector: str) -> Pipeline:
    for name in ("dlib-5-points", "dlib-resnet"):
        _have(store, name)
    return load_pipeline(store, detector=detector)


@dataclass(frozen=True)
class Published:
    """The .dat files as dlib reads them."""

    points: Path
    network: Path


@pytest.fixture(scope="session")
def published(store: ModelStore) -> Published:
    try:
        points, network = store.published("dlib-5-points", "dlib-resnet")
    except EdgeError as error:
        pytest.skip(f"dlib's files cannot be had here: {error}")
    return Published(points, network)


@pytest.fixture(scope="session")
def lfw(media: Path) -> list[Portrait]:
    return portraits(media)
