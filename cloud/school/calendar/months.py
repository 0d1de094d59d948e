"""Months as pages ask for them, and as they stand on a page: 2026-11, weeks from Monday to Sunday."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, TypeVar

from pydantic import StringConstraints

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked
from cloud.school.calendar.facts import Span

Day = TypeVar("Day")
Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None


class OfAMonth:
    """What a page that shows the month from `first` on links to."""

    __slots__ = ()

    first: date

    @property
    def month(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def month_before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def month_after(self) -> str:
        return f"{month_span(self.first).last + timedelta(days=1):%Y-%m}"


def first_of(month: str | None, today: date) -> date:
    """Of `month`; without it of the present one."""
    return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)


def month_span(first: date) -> Span:
    """Raises Invalid for a day that begins no month."""
    if first.day != 1:
        raise Invalid(marked("A month begins on its first day."))
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def in_weeks(first: date, days: Sequence[Day]) -> tuple[tuple[Day | None, ...], ...]:
    """Of a month's days from `first` on; None stands for days of other months."""
    padded: list[Day | None] = [*[None] * first.weekday(), *days]
    padded += [None] * (-len(padded) % 7)
    return tuple(tuple(padded[at : at + 7]) for at in range(0, len(padded), 7))
