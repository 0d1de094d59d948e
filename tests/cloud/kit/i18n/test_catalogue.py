"""The Vietnamese catalogue says everything, and nothing that is not asked for."""

from datetime import UTC, date, datetime

import pytest

from cloud.kit.i18n import Language, clock_time, day_month, language_of, long_day, translator, weekday
from cloud.kit.i18n.upkeep import missing, read_catalogue, texts_in_code


def test_every_text_is_translated() -> None:
    catalogue = read_catalogue(Language.VI)
    wanted = {str(message.id) for message in texts_in_code() if message.id}
    held = {str(message.id) for message in catalogue if message.id}
    assert wanted - held == set(), "run scripts/translations and fill the empty msgstr"
    assert held - wanted == set(), "left over: run scripts/translations"
    assert missing(catalogue) == []


def test_no_placeholder_is_lost_in_translation() -> None:
    problems = [error for message in read_catalogue(Language.VI) if message.id for error in message.check()]
    assert problems == []


@pytest.mark.parametrize("wish", [None, "", "fr", "vi", "VI", "../../etc"])
def test_an_unknown_wish_is_answered_in_vietnamese(wish: str | None) -> None:
    assert language_of(wish) is Language.VI


def test_both_languages_speak() -> None:
    assert translator(Language.VI).gettext("Log in") == "Đăng nhập"
    assert translator(Language.EN).gettext("Log in") == "Log in"
    assert translator(Language.EN).ngettext("%(num)s pupil", "%(num)s pupils", 2) == "%(num)s pupils"


def test_time_is_shown_as_it_is_at_school() -> None:
    assert clock_time(datetime(2026, 9, 6, 23, 30, tzinfo=UTC)) == "06:30"
    assert long_day(date(2026, 9, 7), Language.VI) == "Thứ Hai, 7 tháng 9, 2026"
    assert long_day(date(2026, 9, 7), Language.EN) == "Monday, 7 September 2026"
    assert weekday(date(2026, 9, 7), Language.VI) == "Th 2"
    assert day_month(date(2026, 9, 7)) == "7/9"
    # Half past six of the 7th is still the 6th where clocks run by UTC.
    at_school = datetime(2026, 9, 6, 23, 30, tzinfo=UTC)
    assert day_month(at_school) == "7/9"
    assert weekday(at_school, Language.EN) == "Mon"
    assert long_day(at_school, Language.EN) == "Monday, 7 September 2026"
