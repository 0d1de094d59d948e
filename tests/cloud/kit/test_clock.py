from datetime import UTC, date, datetime

from cloud.kit.clock import school_day


def test_half_past_six_in_the_morning_belongs_to_the_school_s_own_day() -> None:
    assert school_day(datetime(2026, 11, 15, 23, 30, tzinfo=UTC)) == date(2026, 11, 16)
