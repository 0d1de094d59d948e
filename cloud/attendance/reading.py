"""What a delivery holds: readable sightings, and a problem for each thing that is none."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace

from pydantic import ValidationError

from cloud.attendance.queries.set_aside import Kind, Problem
from edge.contract import MAX_PAYLOAD_BYTES, EventBatch, FutureVersion, Oversized, Sighting, Unreadable
from edge.contract.events import read_batch

MAX_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """A payload, and the device that the topic or the token names: how it came counts, not what it says."""

    device_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """`refused` means that nothing of the delivery may be acknowledged: the unit keeps it."""

    device_id: str
    sightings: tuple[Sighting, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: Problem | None = None

    def halves(self) -> "tuple[Reading, Reading]":
        middle = len(self.sightings) // 2
        return (
            replace(self, sightings=self.sightings[:middle]),
            replace(self, sightings=self.sightings[middle:], problems=()),
        )


def read(delivery: Delivery) -> Reading:
    if len(delivery.payload) <= MAX_PAYLOAD_BYTES:
        # Most batches have nothing wrong with them, and are read at once. What is wrong is found below.
        with suppress(ValidationError):
            batch = EventBatch.model_validate_json(delivery.payload, extra="ignore")
            if batch.device == delivery.device_id:
                return Reading(delivery.device_id, batch.events)
    return _sorted(delivery)


def _sorted(delivery: Delivery) -> Reading:
    """The good apart from the bad, event by event."""
    try:
        frame = read_batch(delivery.payload)
    except Unreadable as error:
        return _refused(delivery, _kind(error), str(error))
    if frame.device != delivery.device_id:
        return _refused(delivery, Kind.WRONG_DEVICE, f"the batch says that it is from {frame.device}")
    sightings: list[Sighting] = []
    problems: list[Problem] = []
    for item in frame.sightings():
        if isinstance(item, Sighting):
            sightings.append(item)
        else:
            raw, malformed = item
            payload = json.dumps(raw, sort_keys=True).encode()
            problems.append(Problem(delivery.device_id, Kind.BAD_EVENT, str(malformed), payload, _seq(raw.get("seq"))))
    return Reading(delivery.device_id, tuple(sightings), tuple(problems))


def _refused(delivery: Delivery, kind: Kind, reason: str) -> Reading:
    return Reading(delivery.device_id, refused=Problem(delivery.device_id, kind, reason, delivery.payload))


def _kind(error: Unreadable) -> Kind:
    if isinstance(error, Oversized):
        return Kind.OVERSIZED
    return Kind.FUTURE_VERSION if isinstance(error, FutureVersion) else Kind.MALFORMED


def _seq(value: object) -> int | None:
    """Only an event that says which one it is can be acknowledged, be it as set aside."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SEQ:
        return value
    return None
