"""Keeps a way up open: MQTT, and HTTPS where that is wanted or all there is."""

import logging
import threading
from collections.abc import Callable

from edge.backoff import Backoff
from edge.clock import Clock
from edge.contract import Heartbeat
from edge.errors import Unavailable
from edge.uplink.link import Link
from edge.uplink.publish import Publisher

log = logging.getLogger(__name__)

TURN_S = 0.05
ASK_AGAIN_S = 1.0
"""While nobody reads at the other side, a heartbeat asks this often whether somebody does now."""
Open = Callable[[], Link]


class Way:
    """One way up and when it may be tried again: full jitter, so that a province does not reconnect in one second."""

    def __init__(self, name: str, open_link: Open, backoff: Backoff, clock: Clock) -> None:
        self.name = name
        self.open = open_link
        self._backoff = backoff
        self._clock = clock
        self.next_try_s = 0.0

    @property
    def may_be_tried(self) -> bool:
        return self._clock.monotonic_s() >= self.next_try_s

    def worked(self) -> None:
        self._backoff.succeeded()

    def failed(self, error: Unavailable) -> None:
        pause_s = self._backoff.next_s()
        self.next_try_s = self._clock.monotonic_s() + pause_s
        log.warning("way up lost way=%s next_try_s=%.1f: %s", self.name, pause_s, error)


class Uplink:
    """`ways` in the order of preference. While a lesser one is used, the better ones are tried when they are due."""

    def __init__(
        self,
        ways: list[Way],
        publisher: Publisher,
        heartbeat: Callable[[], Heartbeat],
        clock: Clock,
        stopping: threading.Event,
        *,
        heartbeat_s: float,
        turned: Callable[[], None] = lambda: None,
        reached: Callable[[str], None] = lambda way: None,
    ) -> None:
        """`turned` is called at every turn of the loop: a watchdog's proof that it turns. `reached` with the way's
        name, once a heartbeat, while the other side answers."""
        self._ways = ways
        self._publisher = publisher
        self._heartbeat = heartbeat
        self._clock = clock
        self._stopping = stopping
        self._heartbeat_s = heartbeat_s
        self._turned = turned
        self._reached = reached
        self._is_outage = True

    def run(self) -> None:
        """Until `stopping` is set. Only Misconfigured and errors of the store come out."""
        while not self._stopping.is_set():
            self._turned()
            due = next((way for way in self._ways if way.may_be_tried), None)
            if due is None:
                wait_s = min(way.next_try_s for way in self._ways) - self._clock.monotonic_s()
                self._stopping.wait(max(0.0, wait_s))
            else:
                self._use(due)

    def _use(self, way: Way) -> None:
        try:
            link = way.open()
        except Unavailable as error:
            way.failed(error)
            return
        try:
            self._drive(way, link)
        except Unavailable as error:
            self._publisher.link_is_lost(link)
            self._is_outage = True
            way.failed(error)
        finally:
            link.close()

    def _drive(self, way: Way, link: Link) -> None:
        better = self._ways[: self._ways.index(way)]
        next_beat_s = asked_s = self._clock.monotonic_s()
        told = False
        while not self._stopping.is_set() and not any(other.may_be_tried for other in better):
            self._turned()
            if not link.is_heard():
                next_beat_s = min(next_beat_s, asked_s + ASK_AGAIN_S)
            if self._clock.monotonic_s() >= next_beat_s:
                link.beat(self._heartbeat())
                asked_s = self._clock.monotonic_s()
                next_beat_s = asked_s + self._heartbeat_s
                told = False
            if self._is_outage:
                self._publisher.way_is_open()
                self._is_outage = False
                log.info("way up open way=%s", way.name)
            # Acknowledgements first: some waited at the broker, and what they name need not be sent again.
            self._publisher.take(link.wait(TURN_S))
            self._publisher.fill(link)
            if link.proven:
                way.worked()
                if not told:
                    self._reached(way.name)
                    told = True
