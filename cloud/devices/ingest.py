"""Heartbeats and last wills, as they come in."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from cloud.devices.queries import record_heartbeat, record_will
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from edge.contract import Heartbeat, Malformed, Offline, Unreadable, parse
from edge.contract.wire import parse_json

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HealthReport:
    """A payload, and the device that the topic names."""

    device_id: str
    payload: bytes


def record(database: Database, reports: Iterable[HealthReport], *, clock: Clock) -> None:
    """Note how the units are. What cannot be read is only logged: the next beat says it again. Raises Unavailable."""
    with database.writing() as session:
        # Unit by unit in one order, each unit's in the order in which they came: workers never wait in a ring.
        for report in sorted(reports, key=lambda one: one.device_id):
            try:
                said = read(report)
            except Unreadable as error:
                log.warning("unusable health report: device=%s: %s", report.device_id, error)
                continue
            if isinstance(said, Offline):
                record_will(session, said, now=clock())
            elif not record_heartbeat(session, said, now=clock()):
                log.warning("heartbeat of a unit that is not registered: device=%s", report.device_id)


def read(report: HealthReport) -> Heartbeat | Offline:
    """Raises Unreadable. A last will, written long before, does not say when it was sent."""
    is_will = "sent_at" not in parse_json(report.payload)
    said = parse(Offline, report.payload) if is_will else parse(Heartbeat, report.payload)
    if said.device != report.device_id:
        raise Malformed((f"it says that it is from {said.device}",))
    return said
