"""The embedder that serves on this unit: what `models switch` chose, or else the setting `embedder`."""

import logging

from edge.errors import Misconfigured
from edge.settings import EdgeSettings
from edge.store.db import FILE_NAME, connect
from edge.store.serving import Named, Serving, ServingModel
from edge.vision.load import load_embedder, load_pipeline
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from edge.vision.threads import ONE_EACH, Threads

log = logging.getLogger(__name__)


def serving(settings: EdgeSettings) -> Serving | None:
    """None: the setting says it."""
    if not (settings.data_dir / FILE_NAME).exists():
        return None
    return ServingModel(connect(settings.data_dir), settings.embedder).read()


def served_models(settings: EdgeSettings) -> ModelStore:
    """The models of this machine, with that embedder."""
    found = serving(settings)
    return ModelStore.of_this_machine(embedder=found.now.name if found else settings.embedder or None)


def load_served(settings: EdgeSettings, threads: Threads = ONE_EACH) -> tuple[ModelStore, Pipeline]:
    """What a unit starts with. One whose new model cannot be had goes on with that of before, while it is kept.

    Raises Misconfigured as `load_pipeline` does.
    """
    models = served_models(settings)
    try:
        return models, load_pipeline(models, threads=threads)
    except Misconfigured as error:
        found = serving(settings)
        if found is None or found.other is None or not found.changed:
            raise
        log.error("the model changed to cannot be used, that of before goes on: %s", error)
        models = ModelStore.of_this_machine(embedder=found.other.name)
        return models, load_pipeline(models, threads=threads)


def load_beside(settings: EdgeSettings, pipeline: Pipeline) -> Pipeline | None:
    """With the embedder that is prepared, or that of before: whoever is enrolled meanwhile is enrolled with both.

    None when no change is under way, or when that one cannot be had any more.
    """
    found = serving(settings)
    other: Named | None = found.other if found else None
    if other is None:
        return None
    try:
        return pipeline.with_embedder(*load_embedder(ModelStore.of_this_machine(embedder=other.name)))
    except Misconfigured as error:
        log.warning("enrolled with one model alone: the other one of the change cannot be had: %s", error)
        return None
