"""Homeroom teachers and who teaches what, of a OneRoster archive: the teacher rows of enrollments. What leads nowhere
in the file is said with the row; whether the school has its class, subject and terms is the plan's to say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase, said_by
from cloud.people.exchange.calendar import YearRow
from cloud.people.exchange.cells import date_of
from cloud.people.exchange.rows import StaffRow
from cloud.people.exchange.teaching_facts import HomeroomRow, TeachingRow, TermOf
from cloud.people.oneroster.archive import Archive, Line, listed, unknown, uuid_of
from cloud.people.oneroster.calendar import COURSES, SCHOOL_YEAR, SESSIONS
from cloud.people.oneroster.classes import HOMEROOM, is_ours
from cloud.people.oneroster.writing import lesson_class

ENROLLMENTS = "enrollments"
SCHEDULED = "scheduled"
DEEPEST = 9
"""How many sessions may lie within one another: a file where one is its own parent comes to an end."""


@dataclass(frozen=True, slots=True)
class Teachers:
    homerooms: tuple[HomeroomRow, ...]
    teaching: tuple[TeachingRow, ...]


def read_teachers(
    archive: Archive,
    staff: Mapping[str, StaffRow],
    homeroom: Mapping[str, str],
    years: Iterable[YearRow],
    own_org: str,
    today: date,
) -> Teachers:
    """`staff` by the sourcedId of the user; `homeroom` is each pupil's class, both as the file names them. Rows of
    classes of another school are passed over, as are those that have ended."""
    users, classes, orgs = archive.by_id("users"), archive.by_id("classes"), archive.by_id("orgs")
    ours = {raw: line for raw, line in classes.items() if is_ours(line.cells.get("schoolSourcedId", ""), orgs, own_org)}
    lessons = _Lessons(archive, ours, homeroom, years)
    homerooms: list[tuple[HomeroomRow, bool]] = []
    teaching = []
    for line in archive.lines[ENROLLMENTS]:
        user, raw = line.cells.get("userSourcedId", ""), line.cells.get("classSourcedId", "")
        if line.cells.get("role") != "teacher" or (raw in classes and raw not in ours):
            continue
        reasons: list[Said] = []
        begins, ends = _days(line, reasons)
        from_day = max(today, begins or today)
        if user not in users:
            reasons.append(unknown("userSourcedId", user))
        elif user not in staff:
            reasons.append(marked("the teacher has no role as staff of this school in roles.csv"))
        if raw not in classes:
            archive.reject(ENROLLMENTS, line.number, *reasons, unknown("classSourcedId", raw))
            continue
        kind, title, who = ours[raw].cells.get("classType", ""), ours[raw].cells["title"], staff.get(user)
        if kind == HOMEROOM:
            if ends and ends <= from_day:
                continue
            home = HomeroomRow(line.number, title, who, from_day, tuple(reasons), f"{ENROLLMENTS}.csv")
            homerooms.append((home, line.cells.get("primary", "").casefold() == "true"))
        elif kind == SCHEDULED:
            row = lessons.row(raw, line.number, who, reasons)
            its = [one for one in row.terms if _is_of(one, begins, ends, today)]
            if its or not row.terms:
                teaching.append(replace(row, terms=tuple(its)))
        else:
            why = marked("its class is of the type “%(type)s”: what is taken in is homeroom and scheduled")
            archive.reject(ENROLLMENTS, line.number, *reasons, phrase(why, type=kind[:40]))
    return Teachers(tuple(_one_each(homerooms)), tuple(teaching))


def _days(line: Line, reasons: list[Said]) -> tuple[date | None, date | None]:
    days: list[date | None] = []
    for column in ("beginDate", "endDate"):
        try:
            days.append(date_of(line.cells.get(column, "")))
        except Invalid as error:
            reasons.append(said_by(error))
            days.append(None)
    return days[0], days[1]


def _is_of(term: TermOf, begins: date | None, ends: date | None, today: date) -> bool:
    """Whether somebody with those days has the term: of one that is over whoever had it at its end."""
    begun = begins is None or begins <= term.span.last
    return begun and (ends is None or ends >= term.span.last or ends > max(today, term.span.first))


def _one_each(rows: Iterable[tuple[HomeroomRow, bool]]) -> Iterator[HomeroomRow]:
    """A class has one homeroom teacher at a time: whoever is primary, or else the first."""
    primary: dict[str, int] = {}
    first: dict[tuple[str, date], int] = {}
    for row, is_primary in sorted(rows, key=lambda one: (not one[1], one[0].number)):
        taken = first.get((row.class_name, row.from_day)) or (None if is_primary else primary.get(row.class_name))
        if row.reasons:
            yield row
        elif taken:
            why = marked("a class has one homeroom teacher, here the one of row %(number)s")
            yield replace(row, reasons=(phrase(why, number=taken),))
        else:
            first[row.class_name, row.from_day] = row.number
            if is_primary:
                primary.setdefault(row.class_name, row.number)
            yield row


class _Lessons:
    """Scheduled classes: a class of the school and a subject, in terms."""

    def __init__(
        self, archive: Archive, classes: Mapping[str, Line], homeroom: Mapping[str, str], years: Iterable[YearRow]
    ) -> None:
        self._classes, self._courses, self._sessions = classes, archive.by_id(COURSES), archive.by_id(SESSIONS)
        self._own = dict(_own_lessons(classes))
        self._members: dict[str, set[str]] = defaultdict(set)
        for line in archive.lines[ENROLLMENTS]:
            user, raw = line.cells.get("userSourcedId", ""), line.cells.get("classSourcedId", "")
            if line.cells.get("role") == "student" and homeroom.get(user) in classes:
                self._members[raw].add(classes[homeroom[user]].cells["title"])
        self._terms: dict[int, tuple[TermOf, ...]] = {}
        for year in years:
            of = 0 if year.bad_terms else len(year.terms)
            terms = [TermOf(year.name, year.span, at, of, one.span) for at, one in enumerate(year.terms, start=1)]
            self._terms[year.number] = tuple(terms)
            self._terms |= {one.number: (term,) for one, term in zip(year.terms, terms, strict=True)}

    def row(self, raw: str, number: int, teacher: StaffRow | None, reasons: list[Said]) -> TeachingRow:
        line = self._classes[raw]
        class_name, terms = self._class_name(raw, reasons), self._terms_of(line, reasons)
        course = line.cells.get("courseSourcedId", "")
        if course not in self._courses:
            reasons.append(unknown("courseSourcedId", course))
        cells = self._courses[course].cells if course in self._courses else {}
        subject = cells.get("courseCode", ""), cells.get("title", "")
        return TeachingRow(number, class_name, subject, teacher, terms, tuple(reasons), f"{ENROLLMENTS}.csv")

    def _class_name(self, raw: str, reasons: list[Said]) -> str:
        """By our own sourcedId, or by whom it is of: the standard ties no lesson to a homeroom."""
        if raw in self._own:
            return self._classes[self._own[raw]].cells["title"]
        names = sorted(self._members[raw])
        if len(names) == 1:
            return names[0]
        if names:
            why = marked("the pupils of what is taught are of several classes: %(names)s")
            reasons.append(phrase(why, names=", ".join(names)[:80]))
        else:
            reasons.append(marked("no pupil is enrolled in what is taught: which class it is of cannot be told"))
        return ""

    def _terms_of(self, line: Line, reasons: list[Said]) -> tuple[TermOf, ...]:
        """Of a whole year all of its terms; of what is finer the term that it lies in."""
        found: list[TermOf] = []
        wanted = listed(line.cells.get("termSourcedIds", ""))
        if not wanted:
            reasons.append(phrase(marked("%(column)s is missing"), column="termSourcedIds"))
        for raw in wanted:
            session = self._right_below_a_year(self._sessions.get(raw))
            if session is None:
                reasons.append(unknown("termSourcedIds", raw))
            elif terms := self._terms.get(session.number):
                found += terms
            else:
                why = marked("its term in row %(number)s of academicSessions.csv cannot be used")
                reasons.append(phrase(why, number=session.number))
        return tuple(dict.fromkeys(found))

    def _right_below_a_year(self, line: Line | None) -> Line | None:
        for _ in range(DEEPEST):
            parent = self._sessions.get(line.cells.get("parentSourcedId", "")) if line else None
            if line is None or parent is None or SCHOOL_YEAR in (line.cells.get("type"), parent.cells.get("type")):
                return line
            line = parent
        return line


def _own_lessons(classes: Mapping[str, Line]) -> Iterator[tuple[str, str]]:
    """Of our own export: what is taught to its homeroom, also where no pupil is."""
    courses = {one.cells.get("courseSourcedId", "") for one in classes.values()}
    ids = {course: known for course in courses if (known := uuid_of(course))}
    for raw, line in classes.items():
        if line.cells.get("classType") == HOMEROOM and (class_id := uuid_of(raw)):
            for subject_id in ids.values():
                yield str(lesson_class(class_id, subject_id)), raw
