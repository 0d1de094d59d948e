"""The demo school has the size that was promised, is marked, and takes the names of real faces."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from argon2.profiles import CHEAPEST
from sqlalchemy import func, select

from cloud.accounts.access import Actor, Right
from cloud.accounts.passwords import Passwords
from cloud.accounts.queries import actor_of, user_by_login
from cloud.attendance.meals import menu_queries, sheet_queries
from cloud.attendance.meals.tables import MealSheet
from cloud.attendance.register import keeping
from cloud.attendance.register.month_queries import day_tallies
from cloud.attendance.release.queries import latest_releases
from cloud.demo.plan import demo_school
from cloud.demo.seed import Seeded, seed_demo
from cloud.kit.clock import school_day
from cloud.kit.db import Base, Database
from cloud.kit.errors import Invalid
from cloud.notifications.posts.queries import for_family
from cloud.notifications.posts.tables import Post
from cloud.people.access import children_of, classes_for
from cloud.people.queries import student_id_of
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.facts import Span
from cloud.school.calendar.queries import calendar_of, class_ref
from cloud.school.calendar.rules import plan_for
from cloud.school.tables import School, SchoolClass
from cloud.school.timetable.queries import lessons_of
from cloud.school.timetable.rules import check
from cloud.school.timetable.tables import Timetable
from tests.cloud.migrated import Open

pytestmark = pytest.mark.long

NOVEMBER = datetime(2026, 11, 16, tzinfo=UTC)
PASSWORDS = Passwords(CHEAPEST)
NAMES = ("Ánh", "Bình", "Chi")


def seed(database: Database, *persons: str) -> Seeded:
    return seed_demo(database, persons, PASSWORDS, lambda: NOVEMBER, lambda line: None)


@dataclass(frozen=True, slots=True)
class Demo:
    database: Database
    seeded: Seeded


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, open_migrated: Open
) -> Iterator[Demo]:
    """One for all: whoever changes it is the last test."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_database()
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/cloud.sqlite3"
    database = open_migrated(url)
    yield Demo(database, seed(database, *NAMES))
    database.close()


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def actor(database: Database, seeded: Seeded, number: int) -> Actor:
    login = seeded.logins[number]
    with database.reading() as session:
        user = user_by_login(session, login.login)
        assert user
        assert PASSWORDS.verify(user.password_hash, login.password).right
        return actor_of(session, user, NOVEMBER)


def test_the_same_people_are_made_up_each_time() -> None:
    assert demo_school(2026, random=Random(1)) == demo_school(2026, random=Random(1))


def test_a_school_of_28_classes_826_pupils_and_83_staff_is_marked_as_made_up(demo: Demo) -> None:
    database, seeded = demo.database, demo.seeded
    assert [count(database, table) for table in (SchoolClass, Student, StaffMember)] == [28, 826, 83]
    with database.reading() as session:
        assert session.scalars(select(School.is_demo)).all() == [True]
    assert [login.role for login in seeded.logins] == [
        "administrator", *["guardian"] * len(NAMES), "principal", "homeroom_teacher",
    ]  # fmt: skip
    assert actor(database, seeded, 0).schools_seen_whole


def test_the_teacher_keeps_the_register_of_the_first_class_and_every_class_has_a_plan(demo: Demo) -> None:
    database, seeded = demo.database, demo.seeded
    teacher, principal = actor(database, seeded, -1), actor(database, seeded, -2)
    with database.reading() as session:
        assert [one.name for one in classes_for(session, teacher, Right.KEEP_ATTENDANCE)] == ["1A"]
        assert len(classes_for(session, principal, Right.KEEP_ATTENDANCE)) == 28
        [class_id] = [one.id for one in classes_for(session, teacher, Right.DECIDE_LEAVE)]
        school_id = session.scalars(select(School.id)).one()
        day = school_day(NOVEMBER)
        calendar = calendar_of(session, school_id, Span(day, day))
        assert len(plan_for(calendar, day, class_ref(session, class_id)).half_days) == 2


def test_given_people_are_pupils_with_a_reference_and_a_parent_each(demo: Demo) -> None:
    database, seeded = demo.database, demo.seeded
    assert tuple(person.name for person in seeded.persons) == NAMES
    with database.reading() as session:
        for number, person in enumerate(seeded.persons, start=1):
            [child] = children_of(session, actor(database, seeded, number))
            assert (child.full_name, child.id) == (person.name, student_id_of(person.person))


def test_the_weeks_before_have_meals_voices_hand_overs_and_news(demo: Demo) -> None:
    database, seeded = demo.database, demo.seeded
    parent, teacher = actor(database, seeded, 1), actor(database, seeded, -1)
    friday = school_day(NOVEMBER) - timedelta(days=3)
    with database.reading() as session:
        [child] = children_of(session, parent)
        lines = sheet_queries.locked_lines(session, child.school_id, friday)
        assert len(lines) == 28
        assert all(0 < line.portions <= line.registered for line in lines)
        sheets = sheet_queries.latest_sheets(session, child.school_id, 100)
        assert len(sheets) == 15
        assert all(one.received_at for one in sheets)
        assert len(menu_queries.said_of(session, child.school_id, friday, friday)) > 3
        assert set(menu_queries.menus(session, child.school_id, sheets[-1].day, friday)) == {one.day for one in sheets}
        fetched = latest_releases(session, child.id, 100)
        assert len(fetched) > 10
        assert {one.by for one in fetched} == {teacher.display_name}
        [post] = for_family(session, parent.user_id, today=school_day(NOVEMBER), now=NOVEMBER)
        assert (post.author, post.post.state) == (teacher.display_name, "approved")


def test_the_rolls_of_the_weeks_before_were_called_and_are_what_the_rules_make_of_them(demo: Demo) -> None:
    today = school_day(NOVEMBER)
    friday = today - timedelta(days=3)
    with demo.database.writing() as session:
        school_id = session.scalars(select(School.id)).one()
        tallies = day_tallies(session, school_id, Span(today - timedelta(weeks=3), today))
        assert len(tallies) == 15
        assert all(one.rate is not None and 93 < one.rate < 99 and one.all == 2 * 826 for one in tallies.values())
        assert all(one.late and one.permitted and one.not_permitted for one in tallies.values())
        differing = keeping.check(session, school_id, friday, now=NOVEMBER)
    assert differing == []


@pytest.mark.parametrize("names", [("An", "An"), ("",), ("x" * 121,), tuple(f"P{n}" for n in range(29))])
def test_names_that_cannot_be_given_are_refused_before_anything_is_written(
    database: Database, names: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid, match="--person"):
        seed(database, *names)
    assert count(database, School) == 0


def test_nobody_is_in_two_places_at_once_in_the_demo_timetable(demo: Demo) -> None:
    with demo.database.reading() as session:
        school_id, timetable_id = session.scalars(select(School.id)).one(), session.scalars(select(Timetable.id)).one()
        day = school_day(NOVEMBER)
        lessons = lessons_of(session, timetable_id)
        assert check(lessons, calendar_of(session, school_id, Span(day, day)).schedules, day).is_clean
    per_class = Counter(one.school_class.id for one in lessons)
    assert (len(per_class), set(per_class.values())) == (28, {31})


def test_a_second_run_adds_nobody_and_gives_new_passwords_and_names(demo: Demo) -> None:
    database, first = demo.database, demo.seeded
    second = seed(database, "Dung")
    assert count(database, Student) == 826
    assert (count(database, Post), count(database, MealSheet)) == (1, 15)
    assert [one.role for one in second.logins].count("guardian") == 2, "parents of a school with one name given"
    assert second.persons[0].person == first.persons[0].person
    assert actor(database, second, 1).user_id == actor_id(database, "parent1")
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Student.full_name.in_(NAMES))) == 0


def actor_id(database: Database, login: str) -> object:
    with database.reading() as session:
        user = user_by_login(session, login)
        assert user
        return user.id
