from datetime import date

from cloud.kit.i18n import Language, month_year, number, one_decimal


def test_a_decimal_is_written_as_the_reader_writes_it() -> None:
    assert [one_decimal(37.46, one) for one in (Language.VI, Language.EN)] == ["37,5", "37.5"]
    assert one_decimal(0, Language.VI) == "0,0"
    assert [number(37.8, one) for one in (Language.VI, Language.EN)] == ["37,8", "37.8"]
    assert [number(one, Language.VI) for one in (0.25, 12.0, 1200)] == ["0,25", "12", "1200"]


def test_a_month_is_named_in_the_readers_words() -> None:
    said = [month_year(date(2026, 9, 1), one) for one in (Language.VI, Language.EN)]
    assert said == ["Tháng 9/2026", "September 2026"]
