"""How a unit is, as far as its last heartbeat tells."""

from datetime import datetime, timedelta
from enum import StrEnum

MISSED_BEATS = 2


class UnitState(StrEnum):
    NEVER = "never"
    """Registered, but not heard of yet."""
    ONLINE = "online"
    DOUBTFUL = "doubtful"
    """The broker announced its last will; the next heartbeat, or its absence, tells."""
    OFFLINE = "offline"


def unit_state(
    *, heartbeat_at: datetime | None, will_at: datetime | None, now: datetime, heartbeat: timedelta
) -> UnitState:
    """The heartbeat is the truth: offline after MISSED_BEATS, with half a beat's grace for the way it travels."""
    if heartbeat_at is None:
        return UnitState.NEVER
    if now - heartbeat_at > heartbeat * (MISSED_BEATS + 0.5):
        return UnitState.OFFLINE
    return UnitState.ONLINE if will_at is None else UnitState.DOUBTFUL
