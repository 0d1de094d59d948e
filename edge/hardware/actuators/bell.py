"""The school bell: rings at the times it is given. Which days are school days is decided where the calendar is."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.backoff import Backoff
from edge.clock import Clock
from edge.hardware.actuators.port import Relay
from edge.hardware.keep_open import KeepOpen

log = logging.getLogger(__name__)

LATE = timedelta(seconds=30)
"""A ring that is later than this (the unit was off, or its clock was put right) is left out: it would mislead."""
LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Ring:
    at: datetime
    """Aware."""
    seconds: float


def due(rings: Sequence[Ring], rung: frozenset[datetime], now: datetime) -> list[Ring]:
    """What has to ring now, each once, whichever way the clock was put. Pure."""
    return [ring for ring in rings if now - LATE <= ring.at <= now and ring.at not in rung]


class Bell:
    """Rings `relay` in a thread of its own. Entered before and left after use.

    `rings` is asked again and again, so that a new timetable holds from the next ring on. While the unit does not
    know the time it stays silent: a bell at the wrong time moves a whole school.
    """

    def __init__(
        self, relay: Relay, rings: Callable[[], Sequence[Ring]], clock: Clock, *, backoff: Backoff | None = None
    ) -> None:
        self._relay = relay
        self._rings = rings
        self._clock = clock
        self._rung: frozenset[datetime] = frozenset()
        self._kept = KeepOpen(relay, self._look, backoff=backoff)

    def __enter__(self) -> "Bell":
        self._kept.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._kept.__exit__(None, None, None)

    def _look(self) -> None:
        self.ring_what_is_due()
        self._kept.wait(LOOK_S)

    def ring_what_is_due(self) -> None:
        """Raises Unavailable when the relay is away; the ring is tried again as long as it is not too late."""
        if not self._clock.reading().trusted:
            return
        rings = self._rings()
        for ring in due(rings, self._rung, self._clock.now()):
            self._relay.pulse(ring.seconds)
            self._rung |= {ring.at}
            log.info("bell rung at=%s", ring.at.isoformat())
        # What the timetable no longer names need not be remembered.
        self._rung &= {ring.at for ring in rings}
