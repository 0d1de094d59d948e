"""Which half-days a class has, and why."""

from dataclasses import replace
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.school.calendar.facts import Because, Bell, Calendar, ClassRef, DayRule, HalfDay, RuleKind, Span, Taught
from cloud.school.calendar.rules import (
    plan_for,
    problems_of_rule,
    problems_of_schedule,
    problems_of_terms,
    problems_of_year,
)
from tests.cloud.schoolhouse import MONDAY, SATURDAY, TERMS, YEAR, at, bells

CLASS_1A = ClassRef(UUID(int=1), 1)
CLASS_5B = ClassRef(UUID(int=2), 5)
CALENDAR = Calendar(terms=TERMS, schedules=(bells(),))


def halves(calendar: Calendar, day: date, school_class: ClassRef = CLASS_1A) -> list[HalfDay]:
    return [planned.half for planned in plan_for(calendar, day, school_class).half_days]


def reasons(calendar: Calendar, day: date) -> list[Because]:
    return [reason.because for reason in plan_for(calendar, day, CLASS_1A).reasons]


def test_an_ordinary_monday_has_both_half_days_with_their_periods() -> None:
    plan = plan_for(CALENDAR, MONDAY, CLASS_1A)
    assert [planned.half for planned in plan.half_days] == [HalfDay.MORNING, HalfDay.AFTERNOON]
    assert [len(planned.periods) for planned in plan.half_days] == [4, 3]
    assert plan.half_days[0].starts_at == at("07:30")
    assert plan.half_days[0].ends_at == at("10:25")
    assert plan.gate_opens_at == at("06:30")


def test_a_weekend_is_no_school_day() -> None:
    plan = plan_for(CALENDAR, SATURDAY, CLASS_1A)
    assert not plan.is_school_day
    assert plan.gate_opens_at is None
    assert reasons(CALENDAR, SATURDAY) == [Because.WEEKLY_REST, Because.WEEKLY_REST]


def test_a_holiday_is_off_and_says_its_name() -> None:
    calendar = replace(CALENDAR, rules=(DayRule(MONDAY, RuleKind.OFF, "Ngày Nhà giáo"),))
    plan = plan_for(calendar, MONDAY, CLASS_1A)
    assert plan.half_days == ()
    assert {reason.name for reason in plan.reasons} == {"Ngày Nhà giáo"}


def test_half_a_day_off_leaves_the_other_half() -> None:
    calendar = replace(CALENDAR, rules=(DayRule(MONDAY, RuleKind.OFF, "Họp", half=HalfDay.AFTERNOON),))
    assert halves(calendar, MONDAY) == [HalfDay.MORNING]


def test_a_make_up_saturday_follows_the_weekday_that_it_makes_up() -> None:
    calendar = replace(CALENDAR, rules=(DayRule(SATURDAY, RuleKind.MAKE_UP, "Bù thứ Hai", as_weekday=0),))
    plan = plan_for(calendar, SATURDAY, CLASS_1A)
    assert len(plan.half_days) == 2
    assert plan.weekday == 0


def test_a_make_up_day_teaches_only_what_its_weekday_would_have() -> None:
    schedule = replace(bells(), week=(Taught(0, HalfDay.MORNING),))
    calendar = Calendar(TERMS, (schedule,), (DayRule(SATURDAY, RuleKind.MAKE_UP, "Bù", as_weekday=0),))
    assert halves(calendar, SATURDAY) == [HalfDay.MORNING]
    assert reasons(calendar, SATURDAY) == [Because.MAKE_UP, Because.WEEKLY_REST]


def test_one_class_is_off_and_its_neighbour_is_not() -> None:
    calendar = replace(CALENDAR, rules=(DayRule(MONDAY, RuleKind.OFF, "Tham quan", class_id=CLASS_1A.id),))
    assert halves(calendar, MONDAY) == []
    assert len(halves(calendar, MONDAY, CLASS_5B)) == 2


def test_a_class_that_makes_up_on_the_schools_holiday_has_school() -> None:
    rules = (
        DayRule(SATURDAY, RuleKind.OFF, "Hội thao"),
        DayRule(SATURDAY, RuleKind.MAKE_UP, "Bù", class_id=CLASS_1A.id, half=HalfDay.MORNING),
    )
    calendar = replace(CALENDAR, rules=rules)
    assert halves(calendar, SATURDAY) == [HalfDay.MORNING]
    assert halves(calendar, SATURDAY, CLASS_5B) == []


def test_between_the_terms_there_is_no_school() -> None:
    assert reasons(CALENDAR, TERMS[0].last + timedelta(days=1)) == [Because.OUTSIDE_TERM] * 2


def test_two_grades_ring_differently_and_a_new_schedule_begins_on_its_day() -> None:
    winter = bells(morning="07:45", valid_from=date(2026, 12, 1))
    calendar = Calendar(TERMS, (bells(last_grade=3), bells(morning="07:00", first_grade=4), winter))
    assert plan_for(calendar, MONDAY, CLASS_1A).half_days[0].starts_at == at("07:30")
    assert plan_for(calendar, MONDAY, CLASS_5B).half_days[0].starts_at == at("07:00")
    december = date(2026, 12, 1)
    assert plan_for(calendar, december, CLASS_1A).half_days[0].starts_at == at("07:45", december)


@given(
    st.lists(
        st.builds(
            DayRule,
            day=st.sampled_from([MONDAY, SATURDAY]),
            kind=st.sampled_from(RuleKind),
            name=st.sampled_from(["a", "b"]),
            half=st.sampled_from([None, *HalfDay]),
            grade=st.sampled_from([None, 1, 5]),
            class_id=st.sampled_from([None, CLASS_1A.id, CLASS_5B.id]),
            as_weekday=st.sampled_from([None, 0, 6]),
        ),
        max_size=5,
    ).flatmap(lambda rules: st.tuples(st.just(rules), st.permutations(rules))),
    st.sampled_from([MONDAY, SATURDAY]),
)
def test_every_half_day_is_explained_and_the_order_of_rules_does_not_matter(
    rules: tuple[list[DayRule], list[DayRule]], day: date
) -> None:
    plan, shuffled = (plan_for(replace(CALENDAR, rules=tuple(order)), day, CLASS_1A) for order in rules)
    assert plan.half_days == shuffled.half_days
    assert [reason.half for reason in plan.reasons] == list(HalfDay)
    taught = {reason.half for reason in plan.reasons if reason.because in (Because.WEEKLY, Because.MAKE_UP)}
    assert taught == {planned.half for planned in plan.half_days}
    assert all(planned.periods for planned in plan.half_days)


def test_of_two_make_up_days_alike_the_same_one_counts_in_any_order() -> None:
    after_monday, after_sunday = (DayRule(SATURDAY, RuleKind.MAKE_UP, "b", as_weekday=weekday) for weekday in (0, 6))
    one, other = (
        plan_for(replace(CALENDAR, rules=rules), SATURDAY, CLASS_1A)
        for rules in ((after_monday, after_sunday), (after_sunday, after_monday))
    )
    assert one == other


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(bells(), bells=()), "not one period"),
        (replace(bells(), first_grade=5, last_grade=1), "lower grade"),
        (replace(bells(), gate_opens_at=time(8)), "gate"),
        (replace(bells(afternoon=None), week=(Taught(0, HalfDay.AFTERNOON),)), "no bell rings"),
        (replace(bells(), bells=(Bell(HalfDay.MORNING, 1, time(8), time(7, 30)),)), "not after its start"),
        (
            replace(
                bells(),
                bells=(Bell(HalfDay.MORNING, 1, time(7), time(8)), Bell(HalfDay.MORNING, 2, time(7, 30), time(9))),
            ),
            "morning-2: begins at 07:30, before what rings before it ends at 08:00",
        ),
        (replace(bells(), bells=(*bells().bells, Bell(HalfDay.AFTERNOON, 4, time(16), time(16, 30)))), "at most 7"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_with_what_is_wrong(wrong, said: str) -> None:
    assert any(said in str(problem) for problem in problems_of_schedule(wrong))


def test_a_schedule_that_can_be_has_no_problem() -> None:
    assert list(problems_of_schedule(bells())) == []


def test_terms_stay_inside_the_year_and_apart() -> None:
    assert list(problems_of_terms(YEAR, TERMS)) == []
    assert [str(one) for one in problems_of_terms(YEAR, (TERMS[0], Span(TERMS[0].last, YEAR.last)))] == [
        "term-2: begins before the term before it has ended"
    ]
    assert "reaches outside" in str(next(problems_of_terms(YEAR, (Span(date(2026, 8, 1), date(2026, 12, 1)),))))


def test_school_years_have_names_and_days_of_their_own() -> None:
    others = [("2026-2027", YEAR)]
    assert list(problems_of_year("2027-2028", Span(date(2027, 8, 1), date(2028, 5, 31)), others)) == []
    same = problems_of_year("2026-2027", Span(YEAR.last, date(2028, 5, 31)), others)
    assert [one.field for one in same] == ["name", "first_day"]
    backwards = problems_of_year("x", Span(date(2027, 9, 1), date(2027, 8, 1)), ())
    assert [one.field for one in backwards] == ["last_day"]


def test_a_day_that_differs_has_a_name_and_only_a_make_up_day_has_anothers_timetable() -> None:
    wrong = DayRule(MONDAY, RuleKind.OFF, "", as_weekday=8)
    assert [one.field for one in problems_of_rule(wrong)] == ["name", "as_weekday", "as_weekday"]
    assert list(problems_of_rule(DayRule(MONDAY, RuleKind.MAKE_UP, "Bù", as_weekday=0))) == []
