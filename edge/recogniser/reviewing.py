"""The review list, from the recogniser's side: faces without a name are kept, verdicts take effect, time runs out."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw
import cv2

from edge.clock import Clock
from edge.contract import Direction, Outcome, Sighting
from edge.errors import EdgeError
from edge.recogniser.decide import Rules
from edge.recogniser.learning import why_not
from edge.recogniser.loop import Decision
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.db import connect
from edge.store.learnt import Learnt
from edge.store.outbox import Outbox
from edge.store.review import Item, Review, Shot
from edge.store.roster import Enrolled, Roster
from edge.vision.resize import fitted
from edge.vision.types import Distance

log = logging.getLogger(__name__)

EVERY_S = 1.0
LONGEST_PX = 240
JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    keep_s: float
    max_bytes: int
    learn_templates: int


def shot_of(decision: Decision) -> Shot | None:
    """None for a decision that comes without a picture, or that staff need not look at."""
    if decision.outcome not in {Outcome.UNKNOWN, Outcome.ASK} or decision.shot is None or decision.template is None:
        return None
    if decision.shot.size == 0:
        return None
    done, picture = cv2.imencode(".jpg", fitted(decision.shot, LONGEST_PX), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Shot(picture.tobytes(), decision.template, decision.model, decision.quality) if done else None


def keep(review: Review, sighting: Sighting, decision: Decision) -> None:
    """Never in the way of what is being recorded: a full disk costs the picture, and a word in the log."""
    try:
        if (shot := shot_of(decision)) is not None:
            review.keep(sighting, shot, may_teach=not decision.look_alikes)
    except (EdgeError, apsw.Error) as error:
        log.error("face not kept for review: %s", error)


class Reviewing:
    """A thread with a connection of its own. Entered before and left after use."""

    def __init__(
        self,
        data_dir: Path,
        key: bytes,
        clock: Clock,
        direction: Direction | None,
        rules: Rules,
        settings: ReviewSettings,
        model: str,
        distance: Distance = "euclidean",
        delivered: Callable[[str], bytes | None] = lambda key_id: None,
    ) -> None:
        self._delivered = delivered
        self._data_dir = data_dir
        self._key = key
        self._clock = clock
        self._direction = direction
        self._settings = settings
        self._compared_by = rules, model, distance
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="review", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join()

    def learn_by(self, rules: Rules, model: str, distance: Distance) -> None:
        """From now on another embedder says whether a face may be learnt."""
        self._compared_by = rules, model, distance

    def _run(self) -> None:
        connection = connect(self._data_dir)
        review = Review(
            connection, self._key, self._clock, keep_s=self._settings.keep_s, max_bytes=self._settings.max_bytes
        )
        while True:
            try:
                self.turn(connection, review)
            except (EdgeError, apsw.Error) as error:
                log.error("review waits: %s", error)
            if self._leaving.wait(EVERY_S):
                break
        connection.close()

    def turn(self, connection: apsw.Connection, review: Review) -> None:
        """Verdicts that stand take effect, then what is over is erased."""
        for item in review.release_due(Outbox(connection, self._clock), self._direction):
            self._learn(connection, review, item)
        if erased := review.erase_expired():
            log.info("faces erased count=%d: their time was over", erased)

    def _learn(self, connection: apsw.Connection, review: Review, item: Item) -> None:
        shot, person = review.shot(item.id), item.person
        if shot is None or person is None:
            return
        learnt = Learnt(connection, self._key)
        if not item.may_teach:
            reason: str | None = "it was a question of look-alikes"
        else:
            rules, model, distance = self._compared_by
            roster = Roster(connection, self._key, self._delivered)
            known = RosterGallery(connection, roster, model, distance=distance, learnt=learnt)()
            reason = why_not(shot, person, known, rules, learnt=learnt.count(person),
                             most=self._settings.learn_templates)  # fmt: skip
        if reason is None:
            learnt.add(item.id, Enrolled(person, shot.template, shot.model, shot.quality))
        log.info("face assigned item=%d %s", item.id, "learnt" if reason is None else f"not learnt: {reason}")
