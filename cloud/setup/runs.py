"""Days that differ as people think of them: from a day to a day, not one by one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from cloud.school.calendar.facts import DayRule
from cloud.school.calendar.setup_queries import KnownRule


@dataclass(frozen=True, slots=True)
class Run:
    """The same rule on days that follow each other."""

    rule: DayRule
    """On its first day."""
    last: date
    ids: tuple[UUID, ...]

    @property
    def first(self) -> date:
        return self.rule.day


def runs_of(rules: Iterable[KnownRule]) -> list[Run]:
    """By their first day."""
    by_kind: dict[DayRule, list[KnownRule]] = {}
    for one in sorted(rules, key=lambda known: known.rule.day):
        by_kind.setdefault(replace(one.rule, day=date.min), []).append(one)
    found: list[Run] = []
    for same in by_kind.values():
        begun: list[KnownRule] = []
        for one in same:
            if begun and one.rule.day > begun[-1].rule.day + timedelta(days=1):
                found.append(_run(begun))
                begun = []
            begun.append(one)
        found.append(_run(begun))
    return sorted(found, key=lambda run: (run.first, run.rule.name))


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _run(rules: Sequence[KnownRule]) -> Run:
    return Run(rules[0].rule, rules[-1].rule.day, tuple(one.id for one in rules))
