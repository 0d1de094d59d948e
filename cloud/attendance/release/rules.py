"""Who may be handed over to whom. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from cloud.attendance.release.queries import Permit, Release
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked

CODE_DIGITS = 6
MOST_WRONG_TRIES = 5
"""Then a permit's code opens nothing any more: the family gives a new one."""
JUST_NOW = timedelta(minutes=10)
"""The same pupil is not handed over twice within this time: that is a hand that slipped."""
FURTHEST = timedelta(days=60)
SAME_DEPARTURE = timedelta(minutes=30)
"""Seen on the way out so soon before or after what was told is nothing new."""
STANDS_FOR = timedelta(minutes=2)
"""Whoever goes out and comes back within this time has not left."""


class Way(StrEnum):
    GUARDIAN = "guardian"
    PERMIT = "permit"
    ALONE = "alone"
    SEEN = "seen"
    """By a unit on the way out: nobody handed the pupil over."""


def check_again(before: Iterable[Release], now: datetime) -> None:
    """Raises Conflict for a pupil who has just been handed over."""
    if any(now - one.at < JUST_NOW for one in before):
        raise Conflict(marked("This pupil has just been handed over. Take that back first if it was a mistake."))


def check_permit(name: str, day: date, today: date) -> str:
    """The name as it is kept. Raises Invalid."""
    name = " ".join(name.split())
    if not 2 <= len(name) <= 120:
        raise Invalid(marked("Write who comes: a name of 2 to 120 letters."))
    if not today <= day <= today + FURTHEST:
        raise Invalid(marked("Choose today or a day within two months."))
    return name


def is_open(permit: Permit) -> bool:
    return permit.used_at is None and permit.withdrawn_at is None and permit.wrong_tries < MOST_WRONG_TRIES


def is_news(left_at: datetime, told: datetime | None, now: datetime) -> bool:
    return now - left_at >= STANDS_FOR and (told is None or left_at - told > SAME_DEPARTURE)
