"""What the index asks for: read from a file, checked as a whole."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cloud.kit.errors import Misconfigured
from cloud.kit.i18n import Language

OURS = Path(__file__).with_name("criteria.toml")
FULL = 100
Points = Annotated[float, Field(gt=0, le=FULL, multiple_of=0.5)]


class _Labelled(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def label(self, language: Language) -> str:
        return self.en if language is Language.EN else self.vi


class Part(_Labelled):
    most: Points


class Item(_Labelled):
    code: Annotated[str, Field(pattern=r"^[1-9]\.[0-9]{1,2}$")]
    mandatory: bool = False
    most: Points | None = None
    parts: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _is_counted_in_one_way(self) -> Self:
        if [self.mandatory, self.most is not None, bool(self.parts)].count(True) != 1:
            raise ValueError(f"{self.code}: either mandatory, or with `most` points, or with parts")
        return self

    @property
    def scored(self) -> dict[str, Part]:
        """What points are given for, by its code: 1.3.2 is the second part of 1.3. Empty for a mandatory item."""
        if self.most is not None:
            return {self.code: Part(vi=self.vi, en=self.en, most=self.most)}
        return {f"{self.code}.{number}": part for number, part in enumerate(self.parts, start=1)}


class Group(_Labelled):
    items: tuple[Item, ...]

    @model_validator(mode="after")
    def _makes_a_hundred(self) -> Self:
        points = sum(part.most for item in self.items for part in item.scored.values())
        if points != FULL:
            raise ValueError(f"{self.vi}: the points make {points:g}, not {FULL}")
        return self


class Criteria(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: Annotated[tuple[Group, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_each_code_once(self) -> Self:
        codes = [item.code for item in self.items]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"twice: {', '.join(sorted(twice))}")
        return self

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)


@cache
def read_criteria(file: Path | None = None) -> Criteria:
    """Ours without a file. Raises Misconfigured, which says what is wrong with the file and where."""
    file = file or OURS
    try:
        return Criteria.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Misconfigured(f"{file} cannot be used: {found}") from error
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file} cannot be read: {error}") from error
