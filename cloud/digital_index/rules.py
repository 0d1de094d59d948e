"""From what a school says of itself to its levels. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from cloud.digital_index.criteria import Criteria, Group, Item
from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked, phrase

LEVEL_2_FROM, LEVEL_3_ABOVE = 50, 75


class Level(IntEnum):
    ONE = 1
    TWO = 2
    THREE = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """Of an item or a part of one: points, or that a mandatory item is there; and what shows it."""

    points: float = 0
    there: bool = False
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a school stands in one group."""

    group: Group
    points: float
    level: Level
    missing: tuple[Item, ...]
    """Mandatory, and not there."""


def level_of(points: float) -> Level:
    """Under 50 of 100 the first, to 75 the second, above the third (Decision 4725/QĐ-BGDĐT, 2022)."""
    if points < LEVEL_2_FROM:
        return Level.ONE
    return Level.TWO if points <= LEVEL_3_ABOVE else Level.THREE


def standings(criteria: Criteria, answers: Mapping[str, Answer]) -> tuple[Standing, ...]:
    """One for each group; they are levelled separately. What was not answered has no points and is not there."""
    return tuple(_standing(group, answers) for group in criteria.groups)


def _standing(group: Group, answers: Mapping[str, Answer]) -> Standing:
    none = Answer()
    points = sum(
        min(answers.get(code, none).points, part.most) for item in group.items for code, part in item.scored.items()
    )
    missing = tuple(item for item in group.items if item.mandatory and not answers.get(item.code, none).there)
    return Standing(group, points, level_of(points), missing)


def read_points(text: str, most: float) -> float:
    """7, 7.5 and 7,5; nothing is 0. Raises Invalid for what is above `most` or no half of a point."""
    said = text.strip().replace(",", ".")
    try:
        points = float(said or "0")
    except ValueError:
        points = -1
    if not 0 <= points <= most or points * 2 != int(points * 2):
        raise Invalid(phrase(marked("points from 0 to %(most)s, in halves"), most=f"{most:g}"))
    return points
