"""The calendar changes for a day that has begun: the register of that day follows, and of no other."""

from datetime import date, datetime, timedelta

from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.register import entry_queries
from cloud.attendance.register.replanning import on_plan_changed
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.school.calendar.changing import changing
from cloud.school.calendar.events import PLAN_CHANGED
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind, Span
from cloud.school.calendar.setup import add_rules
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import WINDOW, SmallSchool, batch, sighting

EVENING = at("18:00")
FRIDAY = MONDAY - timedelta(days=3)


def change(database: Database, school: SmallSchool, *rules: DayRule, now: datetime = EVENING) -> None:
    """By somebody, then by the worker."""
    with (
        database.writing() as session,
        changing(session, school.id, Span(rules[0].day, rules[-1].day), now=now, sure=True),
    ):
        add_rules(session, school.id, rules)
    later = now + timedelta(minutes=1)
    while outbox.dispatch(database, {PLAN_CHANGED: on_plan_changed(lambda: later)}, lambda: later):
        pass


def kept(database: Database, school: SmallSchool, day: date = MONDAY) -> set[HalfDay]:
    with database.reading() as session:
        return {half for _, half in entry_queries.entries_of_school(session, school.id, day)}


def test_a_half_day_taken_off_leaves_the_register_and_one_made_up_comes_in(
    database: Database, a_school: SmallSchool
) -> None:
    ingest(
        database,
        [Delivery("gate-1", batch(sighting(1, a_school.lan, at=at("07:20"))))],
        clock=lambda: at("07:20"),
        window=WINDOW,
    )
    schedule.refresh(database, a_school.id, at("12:00"))
    assert kept(database, a_school) == set(HalfDay)
    change(database, a_school, DayRule(MONDAY, RuleKind.OFF, "Bão", half=HalfDay.AFTERNOON))
    assert kept(database, a_school) == {HalfDay.MORNING}
    with database.reading() as session:
        history = entry_queries.history(session, a_school.lan, MONDAY)
    assert history[-1].because == entry_queries.NO_LESSONS
    change(
        database, a_school, DayRule(MONDAY, RuleKind.MAKE_UP, "Bù", half=HalfDay.AFTERNOON, class_id=a_school.class_id)
    )
    assert kept(database, a_school) == set(HalfDay)


def test_nobody_becomes_absent_on_days_before_the_school_began_with_this(
    database: Database, a_school: SmallSchool
) -> None:
    sunday = MONDAY - timedelta(days=1)
    change(database, a_school, DayRule(sunday, RuleKind.MAKE_UP, "Bù"))
    assert kept(database, a_school, sunday) == set()
