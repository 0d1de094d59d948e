"""School years and subjects that a roster brings: what of them is new, and why the others cannot be taken in. Pure.

A year or a subject that the school has already changes nothing, whatever else the file says of it: both have pages of
their own, where whoever changes them sees what hangs on it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cloud.kit.errors import Problem
from cloud.kit.i18n import Said, marked, phrase
from cloud.people.exchange.rows import Rejected
from cloud.school.calendar.facts import Span
from cloud.school.calendar.rules import MOST_TERMS, problems_of_terms, problems_of_year

LONGEST_YEAR_NAME, LONGEST_SUBJECT_CODE, LONGEST_SUBJECT = 20, 20, 80
"""Letters, as the tables have room for."""


@dataclass(frozen=True, slots=True)
class TermRow:
    number: int
    """Of the row in the file, as those below."""
    span: Span


@dataclass(frozen=True, slots=True)
class YearRow:
    number: int
    name: str
    span: Span
    terms: tuple[TermRow, ...]
    """By their first day."""
    bad_terms: tuple[int, ...] = ()
    """Rows of terms that cannot be read: each is rejected by itself already."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class SubjectRow:
    number: int
    code: str
    name: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    new_years: tuple[YearRow, ...]
    new_subjects: tuple[SubjectRow, ...]
    rejected: tuple[Rejected, ...]


def plan_calendar(
    years: Iterable[YearRow],
    subjects: Iterable[SubjectRow],
    known_years: Iterable[tuple[str, Span]],
    known_subjects: Iterable[tuple[str, str]],
    *,
    allowed: bool,
) -> CalendarPlan:
    """`known_years` with their days and `known_subjects`, code and name, are the school's own; `allowed`: whoever
    imports may set the calendar up."""
    own = list(known_years)
    names, spans = {name for name, _ in own}, [span for _, span in own]
    new_years: list[YearRow] = []
    rejected: list[Rejected] = []
    for year in years:
        if year.name in names or year.span in spans:
            continue
        refused = list(_refused(year, own, allowed=allowed))
        rejected += refused
        if not refused:
            new_years.append(year)
            own.append((year.name, year.span))
    taken = {word.casefold() for pair in known_subjects for word in pair}
    new_subjects = [one for one in subjects if not _is_known(one, taken)]
    if not allowed:
        why = marked("only whoever sets up the calendar may take in subjects")
        rejected += [Rejected(one.number, (why,), one.file) for one in new_subjects]
        new_subjects = []
    return CalendarPlan(tuple(new_years), tuple(new_subjects), tuple(rejected))


def _is_known(one: SubjectRow, taken: Collection[str]) -> bool:
    return one.code.casefold() in taken or one.name.casefold() in taken


def _refused(year: YearRow, others: Sequence[tuple[str, Span]], *, allowed: bool) -> Iterator[Rejected]:
    """The year with its reasons, and each term with its own: a year goes in with all of its terms, or waits until the
    file is mended, for once it is there the file changes nothing about it."""
    if not allowed:
        yield Rejected(year.number, (marked("only whoever sets up the calendar may take in school years"),), year.file)
        return
    reasons = [_said(one) for one in problems_of_year(year.name, year.span, others)]
    of_terms: dict[int, list[Said]] = {}
    if year.span.first < year.span.last:
        for problem in problems_of_terms(year.span, [one.span for one in year.terms]):
            row = year.terms[int(problem.field.removeprefix("term-")) - 1].number
            of_terms.setdefault(row, []).append(_said(problem))
    for row in sorted({*of_terms, *year.bad_terms}):
        reasons.append(phrase(marked("its term in row %(number)s cannot be used"), number=row))
    many = len(year.terms) + len(year.bad_terms)
    if not many:
        reasons.append(marked("it has no term: without one no day is taught"))
    elif many > MOST_TERMS:
        reasons.append(phrase(marked("%(many)s terms: a school year has at most %(most)s"), many=many, most=MOST_TERMS))
    if reasons:
        yield Rejected(year.number, tuple(reasons), year.file)
    for row, says in of_terms.items():
        yield Rejected(row, tuple(says), year.file)


def _said(problem: Problem) -> Said:
    return phrase(problem.says, **dict(problem.about))
