"""What a unit saw: sightings, sent up in batches."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, ValidationError, model_validator

from edge.contract.wire import DeviceId, Malformed, PersonRef, UtcDatetime, Wire, describe, parse_json

MAX_BATCH = 100
"""Sightings in one batch; batching is worth a factor of ten at the cloud's database."""

MAX_UPTIME_MS = 100 * 365 * 24 * 3_600_000

Seq = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Outcome(StrEnum):
    """What the unit concluded. Doubt is an outcome of its own: it is shown to staff, never to a parent."""

    IDENTIFIED = "identified"
    ASK = "ask"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Method(StrEnum):
    """How the person was marked; every way yields the same event."""

    FACE = "face"
    QR = "qr"
    CARD = "card"
    FINGERPRINT = "fingerprint"
    MANUAL = "manual"


class Liveness(StrEnum):
    """What several looks at a face said: living, a picture of one, or neither for certain."""

    LIVE = "live"
    DOUBT = "doubt"
    SPOOF = "spoof"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class ClockReading(Wire):
    """What the unit knows of time. Wall time is a claim; `boot_id` + `monotonic_ms` is a fact."""

    boot_id: UUID
    monotonic_ms: Annotated[int, Field(ge=0, le=MAX_UPTIME_MS)]
    trusted: bool


class Sighting(Wire):
    """One passage of one person before one unit. (device, seq) is its key, for ever."""

    seq: Seq
    captured_at: UtcDatetime
    clock: ClockReading
    outcome: Outcome
    method: Method
    person: PersonRef | None = None
    candidates: Annotated[tuple[PersonRef, ...], Field(max_length=5)] = ()
    distance: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    margin: Annotated[float, Field(allow_inf_nan=False)] | None = None
    threshold: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """The distance up to which this unit gave names then: what `distance` is to be read against."""
    quality: Annotated[float, Field(ge=0, le=1)] | None = None
    direction: Direction | None = None
    temperature_c: Annotated[float, Field(ge=20, le=50)] | None = None
    model: Annotated[str, Field(max_length=64)] | None = None
    liveness: Liveness | None = None
    """None when it was not judged. For staff, never for a parent."""

    @model_validator(mode="after")
    def _a_name_only_when_identified(self) -> Self:
        if (self.person is not None) != (self.outcome is Outcome.IDENTIFIED):
            raise ValueError("person is given if and only if the outcome is identified")
        return self


class EventBatch(Wire):
    """Up to MAX_BATCH sightings of one unit. `session` changes whenever the uplink starts."""

    v: Literal[1] = 1
    device: DeviceId
    session: UUID
    sent_at: UtcDatetime
    events: Annotated[tuple[Sighting, ...], Field(min_length=1, max_length=MAX_BATCH)]


class BatchFrame(Wire):
    """A batch whose sightings were not looked at yet, so that a bad one does not condemn its neighbours."""

    v: Literal[1]
    device: DeviceId
    session: UUID
    sent_at: UtcDatetime
    events: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MAX_BATCH)]

    def sightings(self) -> Iterator[Sighting | tuple[dict[str, Any], Malformed]]:
        """Each sighting, or the raw event together with what is wrong with it."""
        for raw in self.events:
            try:
                yield Sighting.model_validate(raw, extra="ignore")
            except ValidationError as error:
                yield raw, Malformed(describe(error))


def read_batch(payload: bytes) -> BatchFrame:
    """The batch's frame, its events still raw. Raises Oversized, FutureVersion or Malformed."""
    raw = parse_json(payload)
    try:
        return BatchFrame.model_validate(raw, extra="ignore")
    except ValidationError as error:
        raise Malformed(describe(error)) from error
