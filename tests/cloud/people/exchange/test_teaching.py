"""What is new of homeroom teachers and of who teaches what: beside what is there, and why the rest stays out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from cloud.people.exchange.planning import ImportPlan
from cloud.people.exchange.rows import StaffRow
from cloud.people.exchange.teaching import NOT_ALLOWED, plan_teaching
from cloud.people.exchange.teaching_facts import (
    Cell,
    HomeroomRow,
    KnownStaff,
    Standing,
    TeachingPlan,
    TeachingRow,
    TermOf,
)
from cloud.people.oneroster.archive import Archive
from cloud.school.calendar.facts import Span
from tests.cloud.schoolhouse import MONDAY, TERMS, YEAR

LATER = date(2027, 1, 4)
MAI, LAN = (StaffRow(n, UUID(int=n), f"GV{n}", name, "") for n, name in ((1, "Cô Mai"), (2, "Cô Lan")))
FIRST, SECOND = (TermOf("2026-2027", YEAR, n, 2, span) for n, span in enumerate(TERMS, start=1))
APPOINTED = HomeroomRow(5, "1A", MAI, MONDAY, (), "e.csv")
TAUGHT = TeachingRow(6, "1A", ("TOAN", "Toán"), MAI, (FIRST, SECOND), (), "e.csv")


def standing(
    *,
    homeroom: Sequence[tuple[date, UUID]] = (),
    teaching: Mapping[Cell, Sequence[UUID]] | None = None,
    left_on: date | None = None,
    terms: tuple[Span, ...] = TERMS,
) -> Standing:
    return Standing(
        classes=frozenset({"1A", "1B"}),
        subjects=[("TOAN", "Toán"), ("TV", "Tiếng Việt")],
        years=[("2026-2027", YEAR, terms)],
        staff=[KnownStaff(one.staff_id, one.code, one.full_name, left_on) for one in (MAI, LAN)],
        homerooms={"1A": homeroom},
        teaching=teaching or {},
    )


def said(planned: TeachingPlan | ImportPlan | Archive) -> dict[int, str]:
    return {one.number: "; ".join(map(str, one.reasons)) for one in planned.rejected}


def test_a_homeroom_teacher_is_new_or_takes_anothers_place_from_the_day_on() -> None:
    [new] = plan_teaching([APPOINTED], [], standing(), allowed=True).homerooms
    assert (new.class_name, new.staff_id, new.from_day, new.before, new.after) == (
        "1A", MAI.staff_id, MONDAY, "", "Cô Mai"
    )  # fmt: skip
    known = standing(homeroom=[(LATER, MAI.staff_id), (YEAR.first, LAN.staff_id)])
    [replaced] = plan_teaching([APPOINTED], [], known, allowed=True).homerooms
    assert (replaced.before, replaced.after) == ("Cô Lan", "Cô Mai"), "who comes later is not there yet"
    following = replace(APPOINTED, number=7, teacher=LAN, from_day=LATER)
    both = plan_teaching([following, APPOINTED], [], standing(), allowed=True).homerooms
    assert [(one.before, one.after) for one in both] == [("", "Cô Mai"), ("Cô Mai", "Cô Lan")]


def test_an_assignment_is_added_in_each_term_that_lacks_it_beside_whoever_has_it() -> None:
    held = {("1A", "TOAN", "2026-2027", 1): [LAN.staff_id, MAI.staff_id],
            ("1A", "TOAN", "2026-2027", 2): [LAN.staff_id]}  # fmt: skip
    [added] = plan_teaching([], [TAUGHT], standing(teaching=held), allowed=True).teaching
    assert (added.term, added.subject_code, added.subject) == (2, "TOAN", "Toán")
    assert (added.teacher, added.beside) == ("Cô Mai", "Cô Lan")
    twice = [replace(TAUGHT, subject=("SO", "toán")), replace(TAUGHT, number=7)]
    assert [one.number for one in plan_teaching([], twice, standing(), allowed=True).teaching] == [6, 6]


@pytest.mark.parametrize("allowed", [True, False])
def test_what_the_school_has_already_changes_nothing_and_is_rejected_for_nobody(allowed: bool) -> None:
    held = {("1A", "TOAN", "2026-2027", term): [MAI.staff_id] for term in (1, 2)}
    known = standing(homeroom=[(YEAR.first, MAI.staff_id)], teaching=held, left_on=date(2026, 10, 1))
    assert plan_teaching([APPOINTED], [TAUGHT], known, allowed=allowed) == TeachingPlan((), (), ())


def test_a_term_is_the_schools_own_by_its_days_or_by_its_number_in_a_year_of_as_many() -> None:
    moved = (Span(TERMS[0].first, date(2027, 1, 8)), TERMS[1])
    planned = plan_teaching([], [TAUGHT], standing(terms=moved), allowed=True)
    assert [one.term for one in planned.teaching] == [1, 2]
    assert said(plan_teaching([], [TAUGHT], standing(terms=TERMS[1:]), allowed=True)) == {
        6: "the school has no term from 07/09/2026 to 15/01/2027"
    }


def test_every_reason_is_said_of_a_row_that_cannot_be_used() -> None:
    elsewhere = TermOf("2030-2031", Span(date(2030, 9, 1), date(2031, 5, 31)), 1, 1, Span(LATER, LATER))
    rows = [replace(TAUGHT, class_name="9Z", subject=("?", "Hóa"), terms=(FIRST, elsewhere))]
    planned = plan_teaching([replace(APPOINTED, class_name="9Z")], rows, standing(left_on=MONDAY), allowed=True)
    assert (planned.homerooms, planned.teaching) == ((), ())
    assert {one.file for one in planned.rejected} == {"e.csv"}
    common = "the school has no class “9Z”; the teacher left on 16/11/2026"
    assert said(planned) == {
        5: common,
        6: f"{common}; the school has no subject “Hóa”; the school has no term from 04/01/2027 to 04/01/2027",
    }


def test_whoever_may_not_set_the_calendar_up_sees_new_ones_rejected() -> None:
    broken = replace(TAUGHT, number=7, reasons=("broken",))
    planned = plan_teaching([APPOINTED], [TAUGHT, broken], standing(), allowed=False)
    assert (planned.homerooms, planned.teaching) == ((), ())
    assert said(planned) == {5: NOT_ALLOWED, 6: NOT_ALLOWED, 7: "broken"}
