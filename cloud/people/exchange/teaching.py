"""Homeroom teachers and who teaches what, as a roster brings them: what of it is new, and why the rest cannot be taken
in. Pure.

Nobody loses a class by not being in the file: an assignment is only ever added, beside whoever has it already. A class
has one homeroom teacher, though, so another one takes its place from a day on.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from cloud.kit.i18n import Said, marked, phrase, whole_date
from cloud.people.exchange.rows import Rejected, StaffRow
from cloud.people.exchange.teaching_facts import (
    HomeroomChange,
    HomeroomRow,
    KnownStaff,
    Standing,
    TeachingChange,
    TeachingPlan,
    TeachingRow,
    TermOf,
)
from cloud.school.calendar.facts import Span

NOT_ALLOWED = marked("only whoever sets up the calendar may take in homeroom teachers and who teaches what")
BETWEEN = "; "
"""Between those who share a subject in a class."""


def plan_teaching(
    homerooms: Iterable[HomeroomRow], teaching: Iterable[TeachingRow], has: Standing, *, allowed: bool
) -> TeachingPlan:
    """`allowed`: whoever imports may set the calendar up. What the school has already changes nothing, and is rejected
    for nobody."""
    staff = _Staff(has.staff)
    rejected: list[Rejected] = []
    appointed = _appointed(homerooms, has, staff, rejected, allowed=allowed)
    assigned = _assigned(teaching, has, staff, rejected, allowed=allowed)
    return TeachingPlan(tuple(appointed), tuple(assigned), tuple(rejected))


class _Staff:
    def __init__(self, staff: Sequence[KnownStaff]) -> None:
        self._by_id: dict[UUID | None, KnownStaff] = {one.staff_id: one for one in staff}
        self._by_code = {one.code: one for one in staff}
        self._names = Counter(one.full_name for one in staff)

    def found(self, row: StaffRow | None) -> KnownStaff | None:
        """As the plan of the staff finds them."""
        return (self._by_id.get(row.staff_id) or self._by_code.get(row.code)) if row else None

    def named(self, staff_id: UUID | None) -> str:
        """With the code where two have one name."""
        one = self._by_id.get(staff_id)
        if one is None:
            return ""
        return one.full_name if self._names[one.full_name] == 1 else f"{one.full_name} ({one.code})"


def _appointed(
    rows: Iterable[HomeroomRow], has: Standing, staff: _Staff, rejected: list[Rejected], *, allowed: bool
) -> list[HomeroomChange]:
    held = {name: list(known) for name, known in has.homerooms.items()}
    found = []
    for row in sorted(rows, key=lambda one: (one.from_day, one.number)):
        who, known = staff.found(row.teacher), held.setdefault(row.class_name, [])
        before = next((staff_id for day, staff_id in known if day <= row.from_day), None)
        if not row.reasons and who and before == who.staff_id:
            continue
        reasons = _reasons(row, who, has, allowed=allowed)
        if reasons or who is None:
            rejected.append(Rejected(row.number, tuple(reasons), row.file))
            continue
        known.append((row.from_day, who.staff_id))
        known.sort(key=lambda one: one[0], reverse=True)
        names = staff.named(before), staff.named(who.staff_id)
        found.append(HomeroomChange(row.number, row.class_name, who.staff_id, who.code, row.from_day, *names, row.file))
    return found


def _assigned(
    rows: Iterable[TeachingRow], has: Standing, staff: _Staff, rejected: list[Rejected], *, allowed: bool
) -> list[TeachingChange]:
    held = {cell: list(teachers) for cell, teachers in has.teaching.items()}
    names = dict(has.subjects)
    codes = {name.casefold(): code for code, name in has.subjects} | {code.casefold(): code for code in names}
    found = []
    for row in rows:
        who = staff.found(row.teacher)
        code = codes.get(row.subject[0].casefold()) or codes.get(row.subject[1].casefold())
        terms = [_own_term(one, has.years) for one in row.terms]
        cells = [(row.class_name, code, *term) for term in dict.fromkeys(terms) if code and term]
        lacking = [cell for cell in cells if who and who.staff_id not in held.get(cell, ())]
        complete = code is not None and None not in terms and row.class_name in has.classes
        if who and complete and not row.reasons and not lacking:
            continue
        reasons = _reasons(row, who, has, allowed=allowed)
        if allowed and code is None and any(row.subject):
            reasons.append(
                phrase(marked("the school has no subject “%(name)s”"), name=row.subject[1] or row.subject[0])
            )
        for one, term in zip(row.terms, terms, strict=True):
            if allowed and term is None:
                first, last = whole_date(one.span.first), whole_date(one.span.last)
                reasons.append(
                    phrase(marked("the school has no term from %(first)s to %(last)s"), first=first, last=last)
                )
        if reasons or who is None:
            rejected.append(Rejected(row.number, tuple(reasons), row.file))
            continue
        for cell in lacking:
            teachers = held.setdefault(cell, [])
            class_name, its, year, number = cell
            named = staff.named(who.staff_id), BETWEEN.join(map(staff.named, teachers))
            found.append(
                TeachingChange(row.number, class_name, its, names[its], year, number, who.staff_id, *named, row.file)
            )
            teachers.append(who.staff_id)
    return found


def _reasons(row: HomeroomRow | TeachingRow, who: KnownStaff | None, has: Standing, *, allowed: bool) -> list[Said]:
    if not allowed:
        return list(row.reasons) or [NOT_ALLOWED]
    reasons = list(row.reasons)
    if row.class_name and row.class_name not in has.classes:
        reasons.append(phrase(marked("the school has no class “%(name)s”"), name=row.class_name))
    if who and who.left_on is not None:
        reasons.append(phrase(marked("the teacher left on %(day)s"), day=whole_date(who.left_on)))
    return reasons


def _own_term(one: TermOf, years: Sequence[tuple[str, Span, tuple[Span, ...]]]) -> tuple[str, int] | None:
    """By its days or, in a year of as many terms, by its number: a year that the school has keeps its own days."""
    for name, span, terms in years:
        if name == one.year or span == one.year_span:
            if one.span in terms:
                return name, terms.index(one.span) + 1
            if len(terms) == one.of:
                return name, one.number
    return None
