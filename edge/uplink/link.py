"""A way up to the cloud, whichever it is. Two exist: MQTT and HTTPS."""

from typing import Protocol

from edge.contract import Ack, EventBatch, Heartbeat


class Link(Protocol):
    """One open connection, used by one thread. Every method may raise Unavailable: the link is then of no more use.

    A link MUST NOT hold more than it was given since it was opened, and MUST NOT send anything again by itself on
    another connection: what is sent again is decided by the publisher alone.
    """

    @property
    def proven(self) -> bool:
        """The other side has confirmed something: an address that merely accepts connections is not enough."""

    def send(self, number: int, batch: EventBatch) -> None:
        """`number` is the sender's own, for `not_taken`. MAY block for up to 10 s."""

    def beat(self, heartbeat: Heartbeat) -> None: ...

    def wait(self, seconds: float) -> list[Ack]:
        """What the cloud acknowledged; returns early when something arrives. MUST be called often."""

    def not_taken(self) -> frozenset[int]:
        """Numbers of the batches that the other side has not confirmed to have taken. Asked often, and once more when
        the link is lost: then they certainly or probably did not get over."""

    def is_heard(self) -> bool:
        """Whether somebody behind the other side reads what arrives, as far as its last answer says. Before the first
        answer it is not known, which is no; heartbeats ask, and go to the same readers."""

    def take_unheard(self) -> frozenset[int]:
        """Numbers of the batches that were taken and thrown away, because nobody reads. Each is told once."""

    def close(self) -> None:
        """Leave politely. MUST NOT raise."""
