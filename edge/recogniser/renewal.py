"""Another embedder begins to serve (`models switch`): loaded beside the one that runs, it takes over between frames."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import apsw

from edge.errors import EdgeError
from edge.recogniser.sight import Sight
from edge.store.db import changed
from edge.store.serving import ServingModel
from edge.vision.load import load_embedder
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Aligner, Embedder

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """An embedder ready to run, and the store that asks for it."""

    models: ModelStore
    aligner: Aligner
    embedder: Embedder


def load_named(name: str, threads: int = 1) -> Loaded:
    """Raises Misconfigured when it is missing, altered or unknown."""
    models = ModelStore.of_this_machine(embedder=name)
    return Loaded(models, *load_embedder(models, threads))


class ServingWatch:
    """Call it before every frame, as `sight.Renewal` wants it; when nothing has changed that costs microseconds.

    `load` runs in a thread, `sight_of` in the caller's. With `waits` the caller waits for it: of a clip no frame is
    missed, and none is recognised with the model of before. What cannot be loaded, or would know nobody, does not
    begin to serve: the model of before goes on, and the log says why.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        setting: str,
        now: Sight,
        load: Callable[[str], Loaded],
        sight_of: Callable[[Loaded], Sight],
        *,
        waits: bool,
    ) -> None:
        self._connection = connection
        self._serving = ServingModel(connection, setting)
        self._now = now
        self._load = load
        self._sight_of = sight_of
        self._waits = waits
        self._seen: int | None = None
        self._wanted = now.pipeline.model
        self._coming: Future[Loaded] | None = None
        self._loader = ThreadPoolExecutor(1, "loading")

    def __call__(self) -> Sight | None:
        if (seen := changed(self._connection)) != self._seen:
            self._seen = seen
            self._look()
        coming = self._coming
        if coming is not None and self._waits:
            wait([coming])
        if coming is None or not coming.done():
            return None
        self._coming = None
        try:
            return self._take_over(self._sight_of(coming.result()))
        except EdgeError as error:
            log.error("the model does not begin to serve, that of before goes on: %s", error)
            return None

    def _look(self) -> None:
        found = self._serving.read()
        wanted = found.now if found else None
        if wanted is None or wanted.model == self._now.pipeline.model:
            self._wanted, self._coming = self._now.pipeline.model, None
        elif wanted.model != self._wanted:
            self._wanted = wanted.model
            self._coming = self._loader.submit(self._load, wanted.name)

    def _take_over(self, sight: Sight) -> Sight | None:
        if sight.pipeline.model != self._wanted:
            log.error("the model does not begin to serve: its file is not the one that was prepared")
            return None
        if not len(sight.gallery()) and len(self._now.gallery()):
            log.error("the model does not begin to serve: it would know nobody here")
            return None
        log.info("another model serves model=%s before=%s", sight.pipeline.model, self._now.pipeline.model)
        self._now = sight
        return sight
