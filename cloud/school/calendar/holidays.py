"""Public holidays of Vietnam on which schools are closed: those of the solar calendar have their dates; the others
follow the moon and each year's decision, so the school types theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cloud.school.calendar.facts import Span

FIXED = (
    (1, 1, "Tết Dương lịch"),
    (4, 30, "Ngày Giải phóng miền Nam, thống nhất đất nước"),
    (5, 1, "Ngày Quốc tế Lao động"),
    (9, 2, "Quốc khánh"),
)
"""Month, day, and the name as Vietnamese calendars have it."""
TYPED = ("Tết Nguyên đán", "Giỗ Tổ Hùng Vương")


@dataclass(frozen=True, slots=True)
class Holiday:
    day: date
    name: str


def fixed_holidays(span: Span) -> Iterator[Holiday]:
    for year in range(span.first.year, span.last.year + 1):
        for month, day, name in FIXED:
            if (holiday := date(year, month, day)) in span:
                yield Holiday(holiday, name)
