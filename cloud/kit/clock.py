"""What time it is: aware UTC inside, a school's own time at the rim. Injected, so that tests may turn the hands."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

SCHOOL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


def system_clock() -> datetime:
    return datetime.now(UTC)


def school_time(moment: datetime) -> datetime:
    return moment.astimezone(SCHOOL_TIME)


def school_day(moment: datetime) -> date:
    """The day that a moment belongs to where the school stands: 23:30 UTC is 06:30 of the next day there."""
    return school_time(moment).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """When `day` begins and ends where the school stands, in UTC; the end belongs to the next day."""
    begins = datetime.combine(day, time.min, SCHOOL_TIME)
    return begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC)
