"""Who a unit is, by its token, and how it is, as far as its last heartbeat tells."""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

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


def token_hash(token: str) -> str:
    """What the service keeps of a unit's token. A token is random and long, so one plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def is_token(token: str, expected_hash: str) -> bool:
    return hmac.compare_digest(token_hash(token), expected_hash)
