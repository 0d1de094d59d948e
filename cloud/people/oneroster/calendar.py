"""School years with their terms, and subjects, of a OneRoster archive. What is no date or leads nowhere is rejected by
its row; whether a year can be the school's is the plan's to say."""

from collections import defaultdict
from collections.abc import Mapping

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase, said_by
from cloud.people.exchange.calendar import (
    LONGEST_SUBJECT,
    LONGEST_SUBJECT_CODE,
    LONGEST_YEAR_NAME,
    SubjectRow,
    TermRow,
    YearRow,
)
from cloud.people.exchange.cells import date_of
from cloud.people.oneroster.archive import Archive, Line, unknown, uuid_of
from cloud.people.oneroster.classes import HOMEROOM, is_ours
from cloud.people.oneroster.writing import homeroom_course
from cloud.school.calendar.facts import Span

SESSIONS, COURSES = "academicSessions", "courses"
SCHOOL_YEAR = "schoolYear"
TERMS = frozenset({"term", "semester"})
FINER = frozenset({"gradingPeriod"})
"""Types of the standard that the calendar knows nothing of."""


def read_years(archive: Archive) -> tuple[YearRow, ...]:
    """Of the terms, those right below a year: what a semester is divided into is passed over."""
    sessions = archive.by_id(SESSIONS)
    terms, bad = defaultdict[str, list[TermRow]](list), defaultdict[str, list[int]](list)
    for line in sessions.values():
        kind, parent = line.cells.get("type", ""), line.cells.get("parentSourcedId", "")
        if kind in TERMS and parent not in sessions:
            archive.reject(SESSIONS, line.number, unknown("parentSourcedId", parent))
        elif kind in TERMS and sessions[parent].cells.get("type") == SCHOOL_YEAR:
            if span := _span(archive, line, []):
                terms[parent].append(TermRow(line.number, span))
            else:
                bad[parent].append(line.number)
        elif kind not in TERMS and kind not in FINER and kind != SCHOOL_YEAR:
            archive.reject(SESSIONS, line.number, unknown("type", kind))
    found = []
    for raw, line in sessions.items():
        if line.cells.get("type") != SCHOOL_YEAR:
            continue
        reasons: list[Said] = []
        name = _text(line, "title", LONGEST_YEAR_NAME, reasons)
        if span := _span(archive, line, reasons):
            ordered = tuple(sorted(terms[raw], key=lambda one: one.span.first))
            found.append(YearRow(line.number, name, span, ordered, tuple(bad[raw]), f"{SESSIONS}.csv"))
    return tuple(found)


def read_subjects(
    archive: Archive, orgs: Mapping[str, Line], classes: Mapping[str, Line], own_org: str
) -> tuple[SubjectRow, ...]:
    """Courses, but for those of another school and those that homerooms alone are of. Several of one code or title,
    such as one for each grade, are one subject: the first."""
    types = defaultdict[str, set[str]](set)
    for line in classes.values():
        types[line.cells.get("courseSourcedId", "")].add(line.cells.get("classType", ""))
    found: list[SubjectRow] = []
    rows: dict[str, int] = {}
    for raw, line in archive.by_id(COURSES).items():
        org = line.cells.get("orgSourcedId", "")
        if types[raw] == {HOMEROOM} or raw == _homeroom_course(own_org):
            continue
        if org and org not in orgs:
            archive.reject(COURSES, line.number, unknown("orgSourcedId", org))
            continue
        if not is_ours(org, orgs, own_org):
            continue
        reasons: list[Said] = []
        code = _text(line, "courseCode", LONGEST_SUBJECT_CODE, reasons).upper()
        name = _text(line, "title", LONGEST_SUBJECT, reasons)
        words = (f"code {code.casefold()}", f"title {name.casefold()}")
        first = next((rows[word] for word in words if word in rows), None)
        if not reasons and first is not None:
            reasons.append(phrase(marked("the same code or title as row %(number)s"), number=first))
        if reasons:
            archive.reject(COURSES, line.number, *reasons)
            continue
        rows |= dict.fromkeys(words, line.number)
        found.append(SubjectRow(line.number, code, name, f"{COURSES}.csv"))
    return tuple(found)


def _homeroom_course(own_org: str) -> str:
    """Of our own export: a school without classes has it, too."""
    own = uuid_of(own_org)
    return str(homeroom_course(own)) if own else ""


def _text(line: Line, column: str, most: int, reasons: list[Said]) -> str:
    text = line.cells.get(column, "")
    if not text:
        reasons.append(phrase(marked("%(column)s is missing"), column=column))
    elif len(text) > most:
        reasons.append(phrase(marked("%(column)s is longer than %(most)s letters"), column=column, most=most))
    return text


def _span(archive: Archive, line: Line, reasons: list[Said]) -> Span | None:
    """None, and the line is rejected, if there is any reason to."""
    days = []
    for column in ("startDate", "endDate"):
        try:
            day = date_of(line.cells.get(column, ""))
        except Invalid as error:
            reasons.append(said_by(error))
            continue
        if day is None:
            reasons.append(phrase(marked("%(column)s is missing"), column=column))
        else:
            days.append(day)
    if reasons:
        archive.reject(SESSIONS, line.number, *reasons)
        return None
    return Span(*days)
