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
        """Numbers of the batches that certainly or probably did not get over. Asked when the link is lost."""

    def close(self) -> None:
        """Leave politely. MUST NOT raise."""
