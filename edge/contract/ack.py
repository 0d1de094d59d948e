"""The cloud's own acknowledgement, sent after its commit. A unit keeps an event until then."""

from typing import Annotated, Literal

from pydantic import Field

from edge.contract.events import MAX_BATCH, Seq
from edge.contract.wire import DeviceId, Wire


class SetAside(Wire):
    """An event the cloud could not use and keeps for a person; the unit need not send it again."""

    seq: Seq
    reason: Annotated[str, Field(max_length=500)]


class Ack(Wire):
    """Which events are safe now: `stored` are committed, `set_aside` are kept apart for a person."""

    v: Literal[1] = 1
    device: DeviceId
    stored: Annotated[tuple[Seq, ...], Field(max_length=MAX_BATCH)] = ()
    set_aside: Annotated[tuple[SetAside, ...], Field(max_length=MAX_BATCH)] = ()
