"""A pupil's way through the school, on the office's pages: in, from class to class, out, and back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Grant, Role, Scope
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.outbox import OutboxEvent
from cloud.people import history_queries as history
from cloud.people.events import LEFT
from cloud.people.pupils import changing, queries
from cloud.people.pupils.changing import When
from cloud.people.search_queries import find_pupils
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass
from tests.cloud.small_school import MORNING, SmallSchool, small_school

TODAY = MORNING.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


@pytest.fixture
def class_1b(database: Database, school: SmallSchool) -> SchoolClass:
    with database.writing() as session:
        row = SchoolClass(school_id=school.id, name="1B", grade=1)
        session.add(row)
    return row


def test_a_step_taken_back_leaves_every_day_as_it_was_and_its_trace(
    database: Database, school: SmallSchool, class_1b: SchoolClass
) -> None:
    def moved(session: Session) -> None:
        changing.move(session, school.alice, school.lan, class_1b.id, When(YESTERDAY, "nhầm"), MORNING)

    def left(session: Session) -> None:
        changing.leave(session, school.alice, school.lan, When(TODAY, "", "Trường B"), MORNING)

    for slip in (moved, left):
        with database.writing() as session:
            slip(session)
            step = history.steps_of(session, school.lan)[0]
            changing.take_back(session, school.alice, school.lan, step.id, MORNING)
            with pytest.raises(Conflict):
                changing.take_back(session, school.alice, school.lan, step.id, MORNING)
            assert queries.student(session, school.lan).left_on is None
            known = [history.classes_on(session, school.id, day)[school.lan].id for day in (YESTERDAY, TODAY)]
            assert known == [school.class_id] * 2
    with database.reading() as session:
        steps = history.steps_of(session, school.lan)
        assert [(one.undoes, one.taken_back) for one in steps] == [(True, False), (False, True)] * 2
        actions = [entry.action for entry in audit.entries(session, school.id)]
    assert actions == ["pupil.step_taken_back", "pupil.left", "pupil.step_taken_back", "pupil.moved"]


def test_a_step_is_taken_back_within_a_week_and_never_in_the_future(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        with pytest.raises(Invalid, match="future"):
            changing.leave(session, school.alice, school.lan, When(TODAY + timedelta(days=1), "x"), MORNING)
        with pytest.raises(Invalid, match="Say why"):
            changing.leave(session, school.alice, school.lan, When(TODAY, " "), MORNING)
        changing.leave(session, school.alice, school.lan, When(TODAY, "x"), MORNING)
        [step] = history.steps_of(session, school.lan)
        with pytest.raises(Conflict, match="within 7 days"):
            changing.take_back(session, school.alice, school.lan, step.id, MORNING + timedelta(days=8))


def test_the_list_finds_without_diacritics_by_class_and_by_given_name(
    database: Database, school: SmallSchool, class_1b: SchoolClass
) -> None:
    with database.writing() as session:
        for number, name in enumerate(("Đặng Thị Ánh", "Bùi Văn Đức", "Lê Ánh An")):
            row = Student(school_id=school.id, class_id=class_1b.id, code=f"{number}9", full_name=name, search_name="")
            row.search_name = ("dang thi anh", "bui van duc", "le anh an")[number]
            session.add(row)

    def found(typed: str, **more: object) -> list[str]:
        with database.reading() as session:
            wanted = {"class_id": None, "gone": False, **more}
            return [one.full_name for one in queries.find(session, school.alice, school.id, typed=typed, **wanted)]

    assert found("") == ["Nguyễn Thị Lan", "Trần Văn Minh", "Lê Ánh An", "Đặng Thị Ánh", "Bùi Văn Đức"]
    assert found("", class_id=class_1b.id) == ["Lê Ánh An", "Đặng Thị Ánh", "Bùi Văn Đức"]
    assert found("DUC") == found("đức bùi") == found("19") == ["Bùi Văn Đức"]
    assert found("", gone=True) == found("%") == []
    with database.reading() as session:
        everybody = {"typed": "", "class_id": None, "gone": False}
        for outsider in (school.charlie, school.dave):
            assert queries.find(session, outsider, school.id, **everybody) == []


def test_a_personal_id_finds_only_for_those_who_keep_the_record(database: Database, school: SmallSchool) -> None:
    guard = replace(school.alice, grants=(Grant(Role.GUARD, school.id),))
    with database.writing() as session:
        session.get_one(Student, school.lan).personal_id = "001320000001"
    with database.reading() as session:
        for actor, names in ((school.alice, ["Nguyễn Thị Lan"]), (guard, [])):
            found = queries.find(session, actor, school.id, typed="001320000001", class_id=None, gone=False)
            assert [one.full_name for one in found] == names


def test_a_code_finds_for_everybody_unless_it_is_made_of_the_personal_id(
    database: Database, school: SmallSchool
) -> None:
    with database.writing() as session:
        session.get_one(Student, school.lan).code = "TAM-001320000001"
        session.get_one(Student, school.minh).code = "7900000002"
    of = {role: replace(school.alice, grants=(Grant(role, school.id),)) for role in (Role.GUARD, Role.LIBRARIAN)}
    with database.reading() as session:
        for actor, found in ((school.alice, 1), (of[Role.GUARD], 0), (of[Role.LIBRARIAN], 0), (school.dave, 0)):
            typed = "TAM-001320000001"
            assert len(find_pupils(session, actor, typed)) == found
            assert len(queries.find(session, actor, school.id, typed=typed, class_id=None, gone=False)) == found
        for actor, found in ((school.alice, 1), (of[Role.GUARD], 1), (of[Role.LIBRARIAN], 1), (school.dave, 0)):
            assert len(find_pupils(session, actor, "7900000002")) == found
            assert len(queries.find(session, actor, school.id, typed="7900000002", class_id=None, gone=False)) == found


def test_a_list_has_the_birth_dates_of_those_alone_of_whom_one_may_see_them(
    database: Database, school: SmallSchool, class_1b: SchoolClass
) -> None:
    born = date(2019, 5, 1)
    with database.writing() as session:
        session.add(
            Student(school_id=school.id, class_id=class_1b.id, code="9", full_name="Lê An", search_name="le an",
                    birth_date=born)
        )  # fmt: skip
        session.get_one(Student, school.lan).birth_date = born
    guard = Grant(Role.GUARD, school.id)
    homeroom = Grant(Role.HOMEROOM_TEACHER, school.id, Scope.CLASS, class_1b.id)
    everybody = {"typed": "", "class_id": None, "gone": False}
    for grants, known in (((guard,), []), ((guard, homeroom), ["Lê An"]), ((homeroom,), ["Lê An"])):
        with database.reading() as session:
            lines = queries.find(session, replace(school.alice, grants=grants), school.id, **everybody)
        assert [one.full_name for one in lines if one.birth_date] == known
        assert len(lines) == (3 if guard in grants else 1)


def test_leaving_is_passed_on_once_for_the_keys_of_templates(database: Database, school: SmallSchool) -> None:
    with database.writing() as session:
        changing.leave(session, school.alice, school.lan, When(TODAY, "x"), MORNING)
    with database.reading() as session:
        [event] = session.scalars(select(OutboxEvent).where(OutboxEvent.topic == LEFT))
    assert str(school.lan) in event.payload
