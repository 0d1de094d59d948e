"""The roster as the matcher wants it, read again whenever it has changed."""

import logging

import apsw
import numpy as np

from edge.store.db import changed
from edge.store.roster import Roster
from edge.vision.match import Gallery

log = logging.getLogger(__name__)


class RosterGallery:
    """Call it for the gallery of the embedder `model`. Asking when nothing has changed costs microseconds."""

    def __init__(self, connection: apsw.Connection, roster: Roster, model: str) -> None:
        self._connection = connection
        self._roster = roster
        self._model = model
        self._seen: int | None = None
        self._version: int | None = None
        self._gallery = Gallery.empty(model)

    def __call__(self) -> Gallery:
        # The counter moves with every commit of another process, the version only with the roster's own.
        if (seen := changed(self._connection)) != self._seen:
            self._seen = seen
            if (version := self._roster.version()) != self._version:
                self._version = version
                self._gallery = self._read()
        return self._gallery

    def _read(self) -> Gallery:
        enrolled = self._roster.templates(self._model)
        others = {model: people for model, people in self._roster.models().items() if model != self._model}
        if others:
            log.warning("people cannot be known count=%d: enrolled with another model; enrol them again with %s",
                        sum(others.values()), self._model)  # fmt: skip
        if not enrolled:
            log.warning("the roster is empty: everybody is unknown. Enrol people with `diemdanh-edge enrol DIR`")
            return Gallery.empty(self._model)
        log.info("roster read version=%s people=%d", self._version, len({one.person for one in enrolled}))
        return Gallery([one.person for one in enrolled], np.stack([one.template for one in enrolled]), self._model)
