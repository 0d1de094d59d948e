"""What is under way and not acknowledged yet: bounded, whatever the backlog. Pure; time is given."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SIZE = 4
"""Batches under way at once: 400 events each round trip, and what a killed uplink sends twice at most."""
RESERVED_FOR_LIVE = 1
"""Places that backlog never takes, so that a live event does not wait for a round trip."""
LONGEST_WAIT_S = 300.0
PATIENCE = 2
"""Sent again this often while the cloud acknowledges others: then the batch gives up its place."""


@dataclass(slots=True)
class Sending:
    number: int
    seqs: set[int]
    """Not acknowledged yet."""
    sent_s: float
    due_s: float
    """When it is time to send it again."""
    repeats: int


@dataclass(slots=True)
class Window:
    ack_timeout_s: float
    _under_way: dict[int, Sending] = field(default_factory=dict)
    _last_number: int = 0
    _last_ack_s: float = float("-inf")
    _round_trip_s: float | None = None
    """From sending to the cloud's acknowledgement, smoothed, and how much that varies."""
    _deviation_s: float = 0.0
    _backed_off_s: float = 0.0
    """What the last batch that had to be repeated was given, until a round trip is measured again."""

    def __contains__(self, seq: int) -> bool:
        return any(seq in sending.seqs for sending in self._under_way.values())

    def __len__(self) -> int:
        return len(self._under_way)

    def has_room(self, *, live: bool) -> bool:
        return len(self) < (SIZE if live else SIZE - RESERVED_FOR_LIVE)

    def sent(self, seqs: Iterable[int], now_s: float, repeats: int = 0) -> int:
        """Enter a batch that is about to go; its number. Each repeat waits twice as long as the one before."""
        self._last_number += 1
        wait_s = min(self.patience_s * 2.0**repeats, LONGEST_WAIT_S)
        self._under_way[self._last_number] = Sending(self._last_number, set(seqs), now_s, now_s + wait_s, repeats)
        return self._last_number

    @property
    def patience_s(self) -> float:
        """How long the first acknowledgement may take: a cloud that works a province's backlog off is slow, not deaf.

        Rule: RFC 6298, sections 2 and 5, with `ack_timeout_s` as the lower bound: what a repeat had to wait holds for
        what comes after it, else whoever is too impatient never measures how slow the cloud is.
        """
        measured_s = self._round_trip_s + 4 * self._deviation_s if self._round_trip_s is not None else 0.0
        return max(self.ack_timeout_s, measured_s, self._backed_off_s)

    def acknowledged(self, seqs: Iterable[int], now_s: float) -> None:
        gone = set(seqs)
        for number, sending in list(self._under_way.items()):
            if sending.seqs & gone:
                self._last_ack_s = now_s
                sending.seqs -= gone
                if not sending.seqs:
                    del self._under_way[number]
                    if sending.repeats == 0:
                        self._measure(now_s - sending.sent_s)
                        self._backed_off_s = 0.0
                    else:
                        # Which sending of a repeated one was answered, nobody knows (Karn's rule).
                        self._backed_off_s = sending.due_s - sending.sent_s

    def _measure(self, round_trip_s: float) -> None:
        if self._round_trip_s is None:
            self._round_trip_s, self._deviation_s = round_trip_s, round_trip_s / 2
        else:
            self._deviation_s += (abs(self._round_trip_s - round_trip_s) - self._deviation_s) / 4
            self._round_trip_s += (round_trip_s - self._round_trip_s) / 8

    def take_overdue(self, now_s: float) -> list[Sending]:
        """Takes out what was not acknowledged in time; the caller sends it again, or parks it."""
        overdue = [sending for sending in self._under_way.values() if sending.due_s <= now_s]
        self.forget(sending.number for sending in overdue)
        return overdue

    def cloud_answered_since(self, sending: Sending) -> bool:
        """Has it acknowledged anything at all since then?"""
        return self._last_ack_s > sending.sent_s

    def is_stuck(self, sending: Sending) -> bool:
        """The cloud acknowledges others and never this one: it must not hold a place for ever."""
        return sending.repeats >= PATIENCE and self.cloud_answered_since(sending)

    def forget(self, numbers: Iterable[int]) -> None:
        for number in list(numbers):
            self._under_way.pop(number, None)
