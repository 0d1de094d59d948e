"""Time at the rim: UTC inside, the school's own time and words in front of people."""

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal

from cloud.kit.clock import school_time
from cloud.kit.i18n.catalogue import Language


def clock_time(moment: datetime, *, seconds: bool = False) -> str:
    """`07:12`, or `07:12:45`: alike in both languages."""
    return school_time(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def long_day(day: date | datetime, language: Language) -> str:
    """`Thứ Hai, 7 tháng 9, 2026` or `Monday, 7 September 2026`."""
    return format_date(_where_the_school_stands(day), "full", locale=_LOCALES[language])


def weekday(day: date | datetime, language: Language) -> str:
    """`Th 2` or `Mon`."""
    return format_date(_where_the_school_stands(day), "EEE", locale=_LOCALES[language])


def month_year(day: date, language: Language) -> str:
    """`Tháng 9/2026` or `September 2026`."""
    return format_date(day, _MONTHS[language], locale=_LOCALES[language])


def day_month(day: date | datetime) -> str:
    """`7/9`: the day first, in both languages."""
    day = _where_the_school_stands(day)
    return f"{day.day}/{day.month}"


def whole_date(day: date | datetime) -> str:
    """`07/09/2026`."""
    return _where_the_school_stands(day).strftime("%d/%m/%Y")


def one_decimal(number: float, language: Language) -> str:
    """`37,5` or `37.5`."""
    return format_decimal(number, "#,##0.0", locale=_LOCALES[language])


def number(figure: float, language: Language) -> str:
    """With as many decimals as it has, three at most, and as somebody would type it: `37,5`, `1200`, or `37.5`."""
    return format_decimal(figure, "0.###", locale=_LOCALES[language])


def _where_the_school_stands(day: date | datetime) -> date:
    """Of a moment the day that it is there."""
    return school_time(day) if isinstance(day, datetime) else day


# British English writes the day before the month, as Vietnamese does: no date is read two ways.
_LOCALES = {Language.VI: "vi", Language.EN: "en_GB"}
_MONTHS = {Language.VI: "'Tháng' M/y", Language.EN: "MMMM y"}
