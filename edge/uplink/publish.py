"""From the outbox to a link: live events first, then the backlog from its oldest on, each until acknowledged."""

import logging
from collections.abc import Sequence
from uuid import UUID

from edge.clock import Clock
from edge.contract import MAX_BATCH, Ack, EventBatch, Sighting
from edge.errors import Unavailable
from edge.store.outbox import Outbox
from edge.uplink.link import Link
from edge.uplink.window import Window

log = logging.getLogger(__name__)

LINGER_S = 0.05
"""A live event waits this long for company: batches are what the cloud's database likes."""
SECOND_LOOK_S = 300.0
"""When everything else is sent, what the cloud never acknowledged is tried again this often."""
_NO_LIMIT = 2**63 - 1


class Publisher:
    """Feeds links from SQLite, so that memory does not grow with the backlog. Outlives any single link.

    Live is what was recorded since the way up last opened: those are the parents who are waiting now.
    """

    def __init__(self, outbox: Outbox, device: str, session: UUID, clock: Clock, *, ack_timeout_s: float) -> None:
        self._outbox = outbox
        self._device = device
        self._session = session
        self._clock = clock
        self._window = Window(ack_timeout_s)
        self._stalled = False
        self._live_waiting_since_s: float | None = None
        self._last_live: int | None = None
        self._to_release: list[Ack] = []
        self._disk_is_full = False
        self.sent = 0
        """Events sent since the start, repeats included."""
        self.acknowledged = 0
        self.way_is_open()

    def way_is_open(self) -> None:
        """After an outage of any kind: everything waiting is backlog now, and what comes next is live."""
        self._boundary = self._outbox.last_seq()
        self._live_cursor = self._boundary
        self._backlog_cursor = 0
        self._second_look_s = self._clock.monotonic_s() + SECOND_LOOK_S

    def link_is_lost(self, link: Link) -> None:
        """What the other side had taken keeps its time; the rest goes again over the next link."""
        self._window.forget(link.not_taken())

    def fill(self, link: Link) -> None:
        """Send what may be sent now: nothing while nobody reads it. Raises Unavailable."""
        if unheard := link.take_unheard():
            self._window.forget(unheard)
            self._stalled = True
        if not link.is_heard():
            return
        if self._stalled and not len(self._window):
            self._outage_is_over()
        self._repeat_overdue(link)
        self._send_live(link)
        self._send_backlog(link)

    def take(self, acks: Sequence[Ack]) -> None:
        """Let go of what the cloud has. One commit, however many acknowledgements."""
        ours = [ack for ack in acks if ack.device == self._device]
        for ack in ours:
            self._window.acknowledged(_seqs(ack), self._clock.monotonic_s())
            self.acknowledged += len(_seqs(ack))
            for refused in ack.set_aside:
                log.warning("sighting set aside by the cloud seq=%d: %s", refused.seq, refused.reason)
        self._to_release += (ack for ack in ours if _seqs(ack))
        self._release()
        if ours and self._stalled:
            self._outage_is_over()

    def _release(self) -> None:
        """A disk that is full takes no deletion either. What the cloud has is remembered here, and not sent again."""
        if not self._to_release:
            return
        try:
            self._outbox.release(
                [seq for ack in self._to_release for seq in ack.stored],
                [refused for ack in self._to_release for refused in ack.set_aside],
            )
        except Unavailable as error:
            if not self._disk_is_full:
                log.warning("what the cloud acknowledged is not let go of yet: %s", error)
            self._disk_is_full = True
            return
        self._to_release, self._disk_is_full = [], False

    def _outage_is_over(self) -> None:
        """The cloud was away behind a link that stood: what waited is backlog."""
        self._stalled = False
        self.way_is_open()

    def _repeat_overdue(self, link: Link) -> None:
        for sending in self._window.take_overdue(self._clock.monotonic_s()):
            if self._window.is_stuck(sending):
                log.error("batch parked events=%d first_seq=%d: the cloud acknowledges others, not this one",
                          len(sending.seqs), min(sending.seqs))  # fmt: skip
                continue
            self._stalled = self._stalled or not self._window.cloud_answered_since(sending)
            rows = self._outbox.read(after=min(sending.seqs) - 1, upto=max(sending.seqs), limit=_NO_LIMIT)
            self._send(link, [row for row in rows if row.seq in sending.seqs], sending.repeats + 1)

    def _send_live(self, link: Link) -> None:
        while self._window.has_room(live=True):
            now_s = self._clock.monotonic_s()
            rows = self._outbox.read(after=self._live_cursor, upto=_NO_LIMIT, limit=MAX_BATCH)
            if not rows:
                self._live_waiting_since_s = None
                return
            if self._live_waiting_since_s is None:
                self._live_waiting_since_s = now_s
            lingers = now_s - self._live_waiting_since_s < LINGER_S
            if len(rows) < MAX_BATCH and (lingers or self._last_live in link.not_taken()):
                # Nagle's rule (RFC 896): a small batch goes when the other side has taken the last one. Into a line
                # that is dead without saying so goes one batch, and the others stay where they are safe.
                return
            self._live_cursor = rows[-1].seq
            self._live_waiting_since_s = None
            self._last_live = self._send(link, rows)

    def _send_backlog(self, link: Link) -> None:
        while self._window.has_room(live=False):
            rows = self._outbox.read(after=self._backlog_cursor, upto=self._boundary, limit=MAX_BATCH)
            if not rows:
                if self._clock.monotonic_s() >= self._second_look_s:
                    self.way_is_open()
                return
            self._backlog_cursor = rows[-1].seq
            known = {seq for ack in self._to_release for seq in _seqs(ack)}
            self._send(link, [row for row in rows if row.seq not in self._window and row.seq not in known])

    def _send(self, link: Link, rows: Sequence[Sighting], repeats: int = 0) -> int | None:
        """The number that the window gave."""
        if not rows:
            return None
        batch = EventBatch(device=self._device, session=self._session, sent_at=self._clock.now(), events=tuple(rows))
        number = self._window.sent((row.seq for row in rows), self._clock.monotonic_s(), repeats)
        self.sent += len(rows)
        link.send(number, batch)
        return number


def _seqs(ack: Ack) -> list[int]:
    return [*ack.stored, *(refused.seq for refused in ack.set_aside)]
