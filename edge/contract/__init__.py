"""The published language between units and the cloud: envelopes, topics, versions.

The leaf of the whole graph: fielded units upgrade last, so a change here is made for years.
Models are strict when built (an unknown field is a programming error) and lenient when parsed
(an unknown field is a newer peer): always parse what arrived with :func:`parse`.
"""

from edge.contract.ack import Ack, SetAside
from edge.contract.briefing import BriefingAck, BriefingKey, BriefingNotice, BriefingPackage
from edge.contract.events import MAX_BATCH, ClockReading, Direction, EventBatch, Liveness, Method, Outcome, Sighting
from edge.contract.health import CameraState, Heartbeat, LivenessState, Offline
from edge.contract.roster import (
    RosterAck,
    RosterEntry,
    RosterKey,
    RosterNotice,
    RosterPackage,
    SealedTemplate,
)
from edge.contract.signed import Forged
from edge.contract.wire import (
    MAX_PAYLOAD_BYTES,
    FutureVersion,
    Malformed,
    Oversized,
    Unreadable,
    Wire,
    parse,
)

__all__ = [
    "MAX_BATCH",
    "MAX_PAYLOAD_BYTES",
    "Ack",
    "BriefingAck",
    "BriefingKey",
    "BriefingNotice",
    "BriefingPackage",
    "CameraState",
    "ClockReading",
    "Direction",
    "EventBatch",
    "Forged",
    "FutureVersion",
    "Heartbeat",
    "Liveness",
    "LivenessState",
    "Malformed",
    "Method",
    "Offline",
    "Outcome",
    "Oversized",
    "RosterAck",
    "RosterEntry",
    "RosterKey",
    "RosterNotice",
    "RosterPackage",
    "SealedTemplate",
    "SetAside",
    "Sighting",
    "Unreadable",
    "Wire",
    "parse",
]
