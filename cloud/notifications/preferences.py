"""When and by which channels a guardian is told, as they wish it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from cloud.kit.clock import SCHOOL_TIME, school_time
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.notifications.transport import Channel

FALL_BACK_AFTER = timedelta(minutes=10)
"""So long a channel has to get a message delivered before the next one is tried."""


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    """At once, by every channel, whatever was wished."""
    URGENT = "urgent"
    """At once, also in quiet hours: a child is missing, or is not missing after all."""
    ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Preference:
    """Times are where the school stands. `quiet_from` after `quiet_until` goes over midnight."""

    order: tuple[Channel, ...] = (Channel.WEB_PUSH, Channel.ZALO, Channel.EMAIL, Channel.SMS)
    """The first is tried first; what is not in it is used in an emergency, or where nothing in it reaches them."""
    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None
    """What is routine is told together, once a day at this time."""


DEFAULT = Preference()
FOR_STAFF = Preference(quiet_from=time(20), quiet_until=time(6, 30))
"""What holds for a member of staff who has said nothing: the evening is theirs."""


@dataclass(frozen=True, slots=True)
class Plan:
    by: tuple[Channel, ...]
    """Each of these is sent; more than one in an emergency alone."""
    then: tuple[Channel, ...]
    """Tried one after the other, each when the one before did not get over."""
    due: datetime
    in_digest: bool


def plan(preference: Preference, urgency: Urgency, reachable: Collection[Channel], now: datetime) -> Plan | None:
    """None where nothing reaches the guardian."""
    wished = [channel for channel in preference.order if channel in reachable]
    others = [channel for channel in DEFAULT.order if channel in reachable and channel not in wished]
    if not wished and not others:
        return None
    if urgency is Urgency.EMERGENCY:
        return Plan((*wished, *others), (), now, in_digest=False)
    first, *rest = wished or others
    if urgency is Urgency.ROUTINE and preference.digest_at is not None:
        at = next_time(preference.digest_at, now)
        return Plan((first,), tuple(rest), quiet_ends(preference, at) or at, in_digest=True)
    held_until = quiet_ends(preference, now) if urgency is Urgency.ROUTINE else None
    return Plan((first,), tuple(rest), held_until or now, in_digest=False)


def quiet_ends(preference: Preference, now: datetime) -> datetime | None:
    """When the quiet hours end that `now` is in; None outside of them."""
    begins, ends = preference.quiet_from, preference.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    clock = school_time(now).time()
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    return next_time(ends, now) if quiet else None


def next_time(clock: time, now: datetime) -> datetime:
    """The first moment after `now` at which clocks at the school show this."""
    there = school_time(now)
    at = datetime.combine(there.date(), clock, SCHOOL_TIME)
    return at if at > there else at + timedelta(days=1)


def read_preference(order: list[str], quiet_from: str, quiet_until: str, digest_at: str) -> Preference:
    """From a form; an empty text means none. Raises Invalid."""
    try:
        channels = tuple(dict.fromkeys(Channel(name) for name in order if name))
        begins, ends, digest = (
            time.fromisoformat(text) if text else None for text in (quiet_from, quiet_until, digest_at)
        )
    except ValueError as error:
        raise Invalid(marked("Write times as 21:30, and choose ways from the list.")) from error
    if not channels:
        raise Invalid(marked("Choose at least one way by which the school may reach you."))
    if (begins is None) != (ends is None):
        raise Invalid(marked("Quiet hours need a beginning and an end."))
    if any(one is not None and one.tzinfo is not None for one in (begins, ends, digest)):
        raise Invalid(marked("Write times as 21:30."))
    return Preference(channels, begins, ends, digest)
