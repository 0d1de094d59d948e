"""A unit that has been told to keep the faces that gave no name, and to learn from what staff assign."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.contract import ClockReading, Direction, Outcome
from edge.hardware.fake import FakeIndicator
from edge.recogniser.feedback import Feedback
from edge.recogniser.loop import Decision
from edge.recogniser.record import Recorder
from edge.recogniser.reviewing import Reviewing, ReviewSettings, keep
from edge.recogniser.roster_gallery import RosterGallery
from edge.store.db import connect
from edge.store.learnt import Learnt
from edge.store.outbox import Outbox
from edge.store.questions import Questions
from edge.store.review import UNDO_S, Review
from edge.store.roster import Enrolled, Roster
from edge.vision.match import Gallery
from tests.edge.recogniser.scripted import MODEL, RULES, template_of
from tests.edge.recogniser.test_second_factor import Hands as Turned

AN, BINH, CHI = 1, 2, 3
KEY = bytes(range(32))
KEEP_S = 3600.0
ASKED = template_of(AN, off=0.53)
"""In doubt, and nobody else is near."""
NOISE = np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)


class Hands(Turned):
    trusted = True

    def reading(self) -> ClockReading:
        return super().reading().model_copy(update={"trusted": self.trusted})


class Unit:
    """A unit that has been told to keep faces, and to learn two templates a person."""

    def __init__(self, data_dir: Path, *, keep_s: float = KEEP_S, learn: int = 2, room: int = 10**6) -> None:
        self.hands, self.connection = Hands(), connect(data_dir)
        self.outbox, self.roster = Outbox(self.connection, self.hands), Roster(self.connection, KEY)
        self.review = Review(self.connection, KEY, self.hands, keep_s=keep_s, max_bytes=room)
        self.learnt = Learnt(self.connection, KEY)
        settings = ReviewSettings(keep_s, room, learn)
        self.reviewing = Reviewing(data_dir, KEY, self.hands, Direction.IN, RULES, settings, MODEL)
        questions = Questions(self.connection, self.outbox, self.hands)
        self.recorder = Recorder(
            self.outbox, Feedback([FakeIndicator()]), self.hands, Direction.IN, questions,
            keep=lambda sighting, decision: keep(self.review, sighting, decision),
        )  # fmt: skip
        self.roster.replace(
            {name: [Enrolled(name, template_of(person), MODEL, 0.9)] for name, person in (("an", AN), ("binh", BINH))}
        )

    def sees(self, outcome: Outcome = Outcome.ASK, template: np.ndarray = ASKED, **changed: object) -> int:
        """Its number in the list."""
        decision = Decision(
            track=1, outcome=outcome, person=None, candidates=("an",) if outcome is Outcome.ASK else (), distance=0.53,
            margin=0.4, quality=0.8, t_s=0.0, captured_s=self.hands.second, model=MODEL, shot=NOISE, template=template,
        )  # fmt: skip
        self.recorder.record(replace(decision, **changed))  # type: ignore[arg-type]
        return self.review.items()[0].id if self.review.items() else 0

    def wait(self, seconds: float = UNDO_S + 0.1) -> None:
        self.hands.second += seconds
        self.reviewing.turn(self.connection, self.review)

    def known(self) -> Gallery:
        return RosterGallery(self.connection, self.roster, MODEL, learnt=self.learnt)()

    def events(self) -> list[tuple[str, str, str | None]]:
        found = self.outbox.read(after=0, upto=2**62, limit=100)
        return [(one.outcome.value, one.method.value, one.person) for one in found]
