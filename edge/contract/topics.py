"""Where envelopes travel. A unit writes below its own `up`, reads below its own `down`, and nothing else."""

from collections.abc import Callable
from typing import TypeAlias

Topic: TypeAlias = Callable[[str], str]

ROOT = "diemdanh/v1"
SHARED_GROUP = "ingest"


def events(device: str) -> str:
    """Unit to cloud: EventBatch, QoS 1, not retained."""
    return f"{ROOT}/{device}/up/events"


def health(device: str) -> str:
    """Unit to cloud: Heartbeat, or Offline as the last will; QoS 1, not retained."""
    return f"{ROOT}/{device}/up/health"


def ack(device: str) -> str:
    """Cloud to unit: Ack, QoS 1, not retained."""
    return f"{ROOT}/{device}/down/ack"


def roster(device: str) -> str:
    """Cloud to unit: RosterNotice, QoS 1, not retained."""
    return f"{ROOT}/{device}/down/roster"


def briefing(device: str) -> str:
    """Cloud to unit: BriefingNotice, QoS 1, not retained."""
    return f"{ROOT}/{device}/down/briefing"


ALL_EVENTS = f"{ROOT}/+/up/events"
ALL_HEALTH = f"{ROOT}/+/up/health"


def shared(topic: str) -> str:
    """The same subscription shared by all workers (MQTT 5): each message reaches one of them."""
    return f"$share/{SHARED_GROUP}/{topic}"


def device_of(topic: str) -> str | None:
    """The unit that a topic belongs to, or None for a topic that is not ours."""
    parts = topic.split("/")
    return parts[2] if len(parts) == 5 and "/".join(parts[:2]) == ROOT else None
