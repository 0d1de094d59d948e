"""From a decision to a committed sighting, and only then to the person: one event, whatever way they were marked."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.clock import Clock
from edge.contract import ClockReading, Direction, Method, Outcome, Sighting
from edge.errors import Unavailable
from edge.hardware.ports import Signal
from edge.hardware.readers.port import Presented
from edge.recogniser.feedback import SIGNALS, Feedback
from edge.recogniser.loop import Decision
from edge.recogniser.showing import Verdict
from edge.store.db import transaction
from edge.store.outbox import Outbox
from edge.store.questions import Asked, Questions
from edge.store.reserve import Reserve

log = logging.getLogger(__name__)

MOST_WAITING = 500
"""Sightings that are kept in memory while the disk takes nothing: half an hour of a morning. The oldest go first."""


@dataclass(frozen=True, slots=True)
class Recorded:
    sighting: Sighting
    capture_to_commit_ms: float
    """From the frame's arrival to the event being on disk."""


class Recorder:
    """With `questions`, faces that only a second factor tells apart are asked about before they are recorded."""

    def __init__(
        self,
        outbox: Outbox,
        feedback: Feedback,
        clock: Clock,
        direction: Direction | None,
        questions: Questions | None = None,
        passage_s: float = 60.0,
        keep: Callable[[Sighting, Decision], None] = lambda sighting, decision: None,
        reserve: Reserve | None = None,
    ) -> None:
        """`keep` is told of every face that is on disk or asked about: see `reviewing.keep`. `reserve` is given up for
        the first event that the disk does not take."""
        self._reserve = reserve
        self._waiting: deque[Callable[[int], Sighting]] = deque(maxlen=MOST_WAITING)
        self._keep = keep
        self._questions = questions
        self._passage_s = passage_s
        self._outbox = outbox
        self._feedback = feedback
        self._clock = clock
        self._direction = direction

    def record(self, decision: Decision, temperature_c: float | None = None) -> Recorded | None:
        """Commit, then tell. None when the disk does not take it: then nobody is told that they are recorded."""
        captured_at, reading = self._captured(decision.captured_s)

        def sighting(seq: int) -> Sighting:
            return Sighting(
                seq=seq,
                captured_at=captured_at,
                clock=reading,
                outcome=decision.outcome,
                method=Method.FACE,
                person=decision.person,
                candidates=decision.candidates,
                distance=decision.distance,
                margin=decision.margin,
                threshold=decision.threshold,
                quality=decision.quality,
                direction=self._direction,
                temperature_c=temperature_c,
                model=decision.model,
                liveness=decision.liveness,
            )

        if self._questions is not None and decision.look_alikes:
            self._ask(self._questions, sighting(1), decision)
            return None
        person = decision.person
        if self._questions is not None and person and self._questions.is_answered(person, self._passage_s):
            self._feedback.show(SIGNALS[decision.outcome])
            return None
        recorded = self._commit(sighting, decision.outcome, decision.captured_s)
        if recorded is not None:
            self._keep(recorded.sighting, decision)
        return recorded

    def release_due(self) -> list[Sighting]:
        """Questions that nobody has answered in time are recorded as they are. Call it again and again."""
        return self._questions.release_due() if self._questions is not None else []

    def _ask(self, questions: Questions, sighting: Sighting, decision: Decision) -> None:
        """The question is on disk before anybody is asked for a card."""
        _, first = self._captured(decision.first_s)
        try:
            asked = questions.ask(
                sighting,
                decision.look_alikes,
                first_ms=first.monotonic_ms,
                beside=decision.beside,
                passage_s=self._passage_s,
            )
        except Unavailable as error:
            log.error("question not recorded: %s", error)
            self._feedback.show(Signal.REFUSE)
            return
        log.info("look-alikes asked=%s", asked.value)
        if asked is Asked.OPEN:
            self._keep(sighting, decision)
        self._feedback.show(Signal.OK if asked is Asked.ANSWERED else Signal.ASK)

    def record_showing(self, presented: Presented, verdict: Verdict) -> Recorded | None:
        """The same event for whoever shows a card or a finger."""
        captured_at, reading = self._captured(presented.at_s)

        def sighting(seq: int) -> Sighting:
            return Sighting(
                seq=seq,
                captured_at=captured_at,
                clock=reading,
                outcome=verdict.outcome,
                method=presented.method,
                person=verdict.person,
                candidates=verdict.candidates,
                direction=self._direction,
            )

        return self._commit(sighting, verdict.outcome, presented.at_s)

    def _captured(self, captured_s: float) -> tuple[datetime, ClockReading]:
        """When it was, on the wall and since the boot, from the monotonic second at which it was seen."""
        age_s = max(0.0, self._clock.monotonic_s() - captured_s)
        reading = self._clock.reading()
        then = reading.model_copy(update={"monotonic_ms": max(0, reading.monotonic_ms - round(age_s * 1000))})
        return self._clock.now() - timedelta(seconds=age_s), then

    def _commit(self, sighting: Callable[[int], Sighting], outcome: Outcome, captured_s: float) -> Recorded | None:
        try:
            self.catch_up()
            written = self._append_or_make_room(sighting)
        except Unavailable as error:
            log.error("sighting not recorded outcome=%s: %s", outcome, error)
            self._waiting.append(sighting)
            self._feedback.show(Signal.REFUSE)
            return None
        committed_s = self._clock.monotonic_s()
        self._feedback.show(SIGNALS[outcome])
        return Recorded(written, (committed_s - captured_s) * 1000)

    def catch_up(self) -> None:
        """Write what the disk did not take, in its order and with its own time. Raises Unavailable while it does not.

        Whoever it was had `refuse` then and may have come again: the same person within a passage counts once.
        """
        while self._waiting:
            self._append_or_make_room(self._waiting[0])
            self._waiting.popleft()

    def _append_or_make_room(self, sighting: Callable[[int], Sighting]) -> Sighting:
        try:
            return self._append(sighting)
        except Unavailable:
            if self._reserve is None or not self._reserve.give_up():
                raise
            return self._append(sighting)

    def _append(self, sighting: Callable[[int], Sighting]) -> Sighting:
        if self._questions is None:
            return self._outbox.append(sighting)
        with transaction(self._outbox.connection):
            written = self._outbox.append_within(sighting)
            if written.method is not Method.FACE:
                self._questions.answer_within(written)
        return written
