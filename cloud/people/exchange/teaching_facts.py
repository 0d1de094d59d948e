"""Homeroom teachers and who teaches what: as a file has them, as the school does, and what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cloud.kit.i18n import Said
from cloud.people.exchange.rows import Rejected, StaffRow
from cloud.school.calendar.facts import Span

Cell = tuple[str, str, str, int]
"""Class, code of the subject, school year and number of the term."""


@dataclass(frozen=True, slots=True)
class KnownStaff:
    staff_id: UUID
    code: str
    full_name: str
    left_on: date | None = None
    position: str = ""


@dataclass(frozen=True, slots=True)
class TermOf:
    """A term as the file has it."""

    year: str
    year_span: Span
    number: int
    of: int
    """How many terms that year has; 0: not all of them can be read."""
    span: Span


@dataclass(frozen=True, slots=True)
class HomeroomRow:
    number: int
    """Of the row in the file, as those below."""
    class_name: str
    teacher: StaffRow | None
    from_day: date
    reasons: tuple[Said, ...] = ()
    """What is wrong with it whatever the school has."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class TeachingRow:
    number: int
    class_name: str
    """Empty, as the subject and the teacher: it cannot be told, and `reasons` says why."""
    subject: tuple[str, str]
    """Code and name."""
    teacher: StaffRow | None
    terms: tuple[TermOf, ...]
    reasons: tuple[Said, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class HomeroomChange:
    number: int
    class_name: str
    staff_id: UUID
    code: str
    from_day: date
    before: str
    """Empty: the class had none."""
    after: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class TeachingChange:
    number: int
    class_name: str
    subject_code: str
    subject: str
    year: str
    term: int
    staff_id: UUID
    teacher: str
    beside: str
    """Those who teach it already, and go on doing so."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the school has, with what the same file brings besides."""

    classes: frozenset[str]
    subjects: Sequence[tuple[str, str]]
    """Code and name."""
    years: Sequence[tuple[str, Span, tuple[Span, ...]]]
    """With their terms in order."""
    staff: Sequence[KnownStaff]
    homerooms: Mapping[str, Sequence[tuple[date, UUID]]]
    """By class: from which day on, and who; the latest first."""
    teaching: Mapping[Cell, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class TeachingPlan:
    homerooms: tuple[HomeroomChange, ...]
    teaching: tuple[TeachingChange, ...]
    rejected: tuple[Rejected, ...]
