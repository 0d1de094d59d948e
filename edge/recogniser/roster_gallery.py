"""The roster as the matcher wants it, read again whenever it has changed."""

import logging
import math

import apsw
import numpy as np

from edge.clock import Clock
from edge.store.classes import Classes
from edge.store.db import changed
from edge.store.learnt import Learnt
from edge.store.look_alikes import LookAlikes
from edge.store.roster import Roster
from edge.vision.match import Expected, Gallery
from edge.vision.outliers import outliers
from edge.vision.types import Distance

log = logging.getLogger(__name__)

TIMETABLE_EVERY_S = 10.0
"""How often it is looked who has a lesson here."""


class RosterGallery:
    """Call it for the gallery of the embedder `model`, with those expected who have a lesson in this room now.

    Without a `clock`, or while it is not trusted, nobody is expected more than others. Templates farther than `limit`
    from all others of their person are left out (`vision/outliers.py`). Asking when nothing has changed costs
    microseconds.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        roster: Roster,
        model: str,
        clock: Clock | None = None,
        limit: float = math.inf,
        distance: Distance = "euclidean",
        learnt: Learnt | None = None,
    ) -> None:
        self._connection = connection
        self._roster = roster
        self._learnt = learnt
        self._model = model
        self._clock = clock
        self._limit = limit
        self._distance: Distance = distance
        self._classes = Classes(connection)
        self._look_alikes = LookAlikes(connection)
        self._seen: int | None = None
        self._version: int | None = None
        self._looked_s = -math.inf
        self._gallery = Gallery.empty(model, distance=distance)

    def __call__(self) -> Gallery:
        # The counter moves with every commit of another process, the version only with the roster's own.
        if (seen := changed(self._connection)) != self._seen:
            self._seen = seen
            if (version := self._roster.version()) != self._version:
                self._version = version
                self._gallery = self._read()
                self._looked_s = -math.inf
        if self._clock is not None and abs((now_s := self._clock.monotonic_s()) - self._looked_s) >= TIMETABLE_EVERY_S:
            self._looked_s = now_s
            expected = self._expected(self._clock)
            if expected != self._gallery.expected:
                self._gallery = self._gallery.expecting(expected)
        return self._gallery

    def _expected(self, clock: Clock) -> Expected | None:
        """None: everybody alike."""
        if not clock.reading().trusted:
            return None
        classes = tuple(sorted(self._classes.at(clock.now())))
        people = frozenset[str]().union(*(self._classes.members(one) for one in classes))
        return Expected(classes, people) if people else None

    def _read(self) -> Gallery:
        enrolled = self._roster.templates(self._model)
        if self._learnt is not None and enrolled:
            # Whoever is not enrolled is not known by what was learnt either.
            known = {one.person for one in enrolled}
            enrolled += [one for one in self._learnt.templates(self._model) if one.person in known]
        if others := self._roster.people_without(self._model):
            log.warning("people cannot be known count=%d: enrolled with another model; enrol them again with %s",
                        len(others), self._model)  # fmt: skip
        if not enrolled:
            log.warning("the roster is empty: everybody is unknown. Enrol people with `diemdanh-edge enrol DIR`")
            return Gallery.empty(self._model, distance=self._distance)
        persons, templates = [one.person for one in enrolled], np.stack([one.template for one in enrolled])
        left_out = outliers(persons, templates, self._limit, self._distance)
        if left_out:
            log.warning("templates left out count=%d: unlike the others of their person; `diemdanh-edge roster check` "
                        "says which", len(left_out))  # fmt: skip
        kept = np.setdiff1d(np.arange(len(persons)), [one.index for one in left_out])
        log.info("roster read version=%s people=%d", self._version, len(set(persons)))
        mates = self._look_alikes.mates()
        return Gallery([persons[one] for one in kept], templates[kept], self._model, mates, self._distance)
