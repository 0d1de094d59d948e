"""From a decision to a committed sighting, and only then to the person."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from edge.clock import Clock
from edge.contract import Direction, Method, Sighting
from edge.errors import Unavailable
from edge.hardware.ports import Signal
from edge.recogniser.feedback import SIGNALS, Feedback
from edge.recogniser.loop import Decision
from edge.store.outbox import Outbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    sighting: Sighting
    capture_to_commit_ms: float
    """From the frame's arrival to the event being on disk."""


class Recorder:
    def __init__(self, outbox: Outbox, feedback: Feedback, clock: Clock, direction: Direction | None) -> None:
        self._outbox = outbox
        self._feedback = feedback
        self._clock = clock
        self._direction = direction

    def record(self, decision: Decision) -> Recorded | None:
        """Commit, then tell. None when the disk does not take it: then nobody is told that they are recorded."""
        age_s = max(0.0, self._clock.monotonic_s() - decision.captured_s)
        captured_at = self._clock.now() - timedelta(seconds=age_s)
        reading = self._clock.reading()
        reading = reading.model_copy(update={"monotonic_ms": max(0, reading.monotonic_ms - round(age_s * 1000))})

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
                quality=decision.quality,
                direction=self._direction,
                model=decision.model,
            )

        try:
            written = self._outbox.append(sighting)
        except Unavailable as error:
            log.error("sighting not recorded outcome=%s: %s", decision.outcome, error)
            self._feedback.show(Signal.REFUSE)
            return None
        committed_s = self._clock.monotonic_s()
        self._feedback.show(SIGNALS[decision.outcome])
        return Recorded(written, (committed_s - decision.captured_s) * 1000)
