"""What somebody typed, read field by field: what cannot be used is named beside its field, and stays as typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends
from pydantic import AfterValidator, BeforeValidator
from starlette.datastructures import FormData
from starlette.requests import Request

from cloud.kit.errors import Invalid, Problem, Refused
from cloud.kit.i18n import marked, problem_of

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
_TICKED = {"true", "yes", "on", "1"}
_Read = TypeVar("_Read")
_Choice = TypeVar("_Choice", bound=StrEnum)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:hg.]([0-5]\d)", re.IGNORECASE)


def _asked(text: object) -> object:
    return text or None


def _near(day: date | None) -> date | None:
    if day is not None and not EARLIEST <= day < LATEST:
        raise ValueError("no day that a page can show")
    return day


NamedDay = Annotated[date, AfterValidator(_near)]
"""A day that is part of a page's address."""
AskedDay = Annotated[date | None, BeforeValidator(_asked), AfterValidator(_near)]
"""A day in a page's address; an emptied field asks for no day. Of any other the answer names it."""


@dataclass(slots=True)
class Typed:
    values: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str, otherwise: object = "") -> str:
        """As it was typed, or `otherwise` where nothing was sent: a template's way to fill a field."""
        return self.values[name][0] if name in self.values else str(otherwise)

    def wrong(self, name: str) -> list[Problem]:
        """What is wrong with a field."""
        return [one for one in self.problems if one.field == name]

    def has(self, name: str, value: object) -> bool:
        """Whether that value was among those ticked or chosen."""
        return str(value) in self.values.get(name, ())

    def ticked(self, name: str, *, otherwise: bool = False) -> bool:
        """Whether a box was ticked, or `otherwise` where no form was sent."""
        return self.value(name).lower() in _TICKED if self.values else otherwise

    def complain(self, name: str, says: str, **about: str) -> None:
        self.problems.append(Problem(name, says, tuple(about.items())))

    def text(self, name: str, most: int, *, needed: bool = True) -> str:
        said = " ".join(self.value(name).split())
        if needed and not said:
            self.complain(name, marked("please fill this in"))
        elif len(said) > most:
            self.complain(name, marked("at most %(most)s letters"), most=str(most))
        return said[:most]

    def lines(self, name: str, most: int) -> str:
        """A text of several lines; the two characters that a browser sends for a new line count as one."""
        said = self.value(name).replace("\r\n", "\n").strip()
        if len(said) > most:
            self.complain(name, marked("at most %(most)s letters"), most=str(most))
        return said

    def choice(self, name: str, among: type[_Choice], otherwise: _Choice | None = None) -> _Choice:
        """`otherwise` where nothing was sent."""
        said = self.value(name)
        if said in set(among):
            return among(said)
        if said or otherwise is None:
            self.complain(name, marked("choose one of the list"))
        return otherwise or next(iter(among))

    def day(self, name: str, *, needed: bool = True, since: date = EARLIEST) -> date | None:
        """`since`: earlier is a slip of the hand; what lies long ago says so."""
        said = self.value(name).strip()
        if not said and not needed:
            return None
        try:
            found = date.fromisoformat(said)
        except ValueError:
            self.complain(name, marked("choose a day"))
            return None
        if not since <= found < LATEST:
            self.complain(name, marked("choose a day"))
            return None
        return found

    def number(self, name: str, low: int, high: int, *, otherwise: int | None = None) -> int:
        """`otherwise` where nothing was sent, not even an empty field."""
        if otherwise is not None and name not in self.values:
            return otherwise
        said = self.value(name).strip()
        if said.isascii() and said.isdigit() and len(said) < 6 and low <= int(said) <= high:
            return int(said)
        self.complain(name, marked("a whole number from %(low)s to %(high)s"), low=str(low), high=str(high))
        return low

    def clock(self, name: str, *, needed: bool = True) -> time | None:
        """07:30, and 7h30 as people write it."""
        said = self.value(name).strip()
        if not said and not needed:
            return None
        if match := _CLOCK.fullmatch(said):
            return time(int(match[1]), int(match[2]))
        self.complain(name, marked("a time, such as 07:30"))
        return None

    def read(self, name: str, by: Callable[[str], _Read]) -> _Read | None:
        """By a rule of the feature, which raises Invalid: then it is said beside the field, and None returned."""
        try:
            return by(self.value(name))
        except Invalid as error:
            self.problems.append(problem_of(name, error))
            return None

    def key(self, name: str) -> UUID | None:
        """None for nothing chosen, and for what is no key of ours."""
        try:
            return UUID(self.value(name))
        except ValueError:
            return None

    def keys(self, name: str) -> list[UUID]:
        found = []
        for said in self.values.get(name, ()):
            try:
                found.append(UUID(said))
            except ValueError:
                continue
        return found

    def require(self) -> None:
        """Raises Refused when a field could not be read."""
        if self.problems:
            raise Refused(self.problems)


async def typed(request: Request) -> Typed:
    """The texts of a form; files are read where they are wanted."""
    form: FormData = await request.form()
    values: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            values.setdefault(name, []).append(value)
    return Typed(values)


Posted = Annotated[Typed, Depends(typed)]
