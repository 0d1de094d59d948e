"""The calendar as kept and read again, on both databases."""

import pytest

from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.school.calendar import queries
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.rules import plan_for
from cloud.school.calendar.setup import open_year, ring_bells
from tests.cloud.schoolhouse import MONDAY, SATURDAY, TERMS, YEAR, at, bells, open_school


def test_two_neighbouring_schools_keep_their_own_bells_and_days_off(database: Database) -> None:
    with database.writing() as session:
        ours = open_school(session)
        theirs = open_school(session, "sen-hong", schedule=bells(morning="07:00"))
        queries.add_rule(session, theirs.school_id, DayRule(MONDAY, RuleKind.OFF, "Hội trường", half=HalfDay.AFTERNOON))
    with database.reading() as session:
        plans = [
            plan_for(
                queries.calendar_of(session, house.school_id, Span(MONDAY, SATURDAY)),
                MONDAY,
                queries.class_ref(session, house.class_id),
            )
            for house in (ours, theirs)
        ]
    assert [plan.half_days[0].starts_at for plan in plans] == [at("07:30"), at("07:00")]
    assert [len(plan.half_days) for plan in plans] == [2, 1]


def test_what_is_kept_is_what_was_set(database: Database) -> None:
    rule = DayRule(SATURDAY, RuleKind.MAKE_UP, "Bù", HalfDay.MORNING, grade=1, as_weekday=4)
    with database.writing() as session:
        house = open_school(session)
        queries.add_rule(session, house.school_id, rule)
    with database.reading() as session:
        calendar = queries.calendar_of(session, house.school_id, Span(MONDAY, SATURDAY))
        assert calendar.rules == (rule,)
        assert calendar.terms == TERMS[:1]
        assert set(calendar.schedules[0].bells) == set(bells().bells)
        assert queries.year_span(session, house.school_id, MONDAY) == YEAR
        assert [found.id for found in queries.classes_of(session, house.school_id)] == [house.class_id]


def test_a_wrong_calendar_is_refused_whole(database: Database) -> None:
    with database.writing() as session:
        house = open_school(session)
        other = open_school(session, "khac")
    with database.writing() as session:
        with pytest.raises(Invalid, match="outside the school year"):
            open_year(session, house.school_id, "2027-2028", YEAR, (Span(YEAR.first, SATURDAY.replace(year=2029)),))
        with pytest.raises(Invalid, match="gate"):
            ring_bells(session, house.school_id, "Hè", bells(morning="06:00"))
        with pytest.raises(Invalid, match="not one of this school's"):
            queries.add_rule(session, house.school_id, DayRule(MONDAY, RuleKind.OFF, "x", class_id=other.class_id))
