"""The database itself refuses a template without consent, whoever asks and by whatever way."""

import threading
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cloud import migrations
from cloud.biometrics.queries.consent import consent_in_force
from cloud.biometrics.queries.templates import template_count
from cloud.biometrics.rules import Answer, Standing
from cloud.kit.db import Database
from cloud.kit.ids import new_id
from tests.cloud.biometrics.family import GROWN, SMALL, Family, add_child, say, settle

INSERT = text(
    "INSERT INTO face_template (id, school_id, student_id, model, quality, key_id, sealed, made_at, made_by)"
    " VALUES (:id, :school, :student, 'm', 0.9, :id, :sealed, '2026-11-16 00:00:00', :id)"
).bindparams(bindparam("id", type_=Uuid), bindparam("school", type_=Uuid), bindparam("student", type_=Uuid))


def insert_directly(session: Session, family: Family) -> None:
    session.execute(INSERT, {"id": new_id(), "school": family.school_id, "student": family.child, "sealed": b"x"})


def refused(database: Database, family: Family) -> bool:
    try:
        with database.writing() as session:
            insert_directly(session, family)
    except DBAPIError as error:
        return "no consent in force" in str(error)
    return False


def test_a_template_inserted_with_plain_sql_fails_without_consent(database: Database, family: Family) -> None:
    assert refused(database, family)
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
    assert not refused(database, family)


def test_a_child_of_seven_is_asked_too(database: Database) -> None:
    with database.writing() as session:
        family = settle(session, birth_date=GROWN)
        assert say(session, family, Answer.GRANTED, who=family.mother) is Standing.CHILD_NOT_ASKED
    assert refused(database, family)
    with database.writing() as session:
        assert say(session, family, Answer.GRANTED, who=None) is Standing.IN_FORCE
    assert not refused(database, family)


@pytest.mark.parametrize("no", [Answer.REFUSED, Answer.WITHDRAWN])
def test_a_no_deletes_the_templates_in_the_same_transaction(database: Database, family: Family, no: Answer) -> None:
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
        insert_directly(session, family)
    with Session(database.engine) as session:
        say(session, family, no, who=family.father)
        assert template_count(session, family.child) == 0
        session.rollback()
        assert template_count(session, family.child) == 1
    with database.writing() as session:
        say(session, family, no, who=family.father)
    with database.reading() as session:
        assert template_count(session, family.child) == 0
    assert refused(database, family)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE consent_decision SET answer = 'granted'",
        "DELETE FROM consent_decision",
        "UPDATE face_template SET quality = 1",
    ],
)
def test_the_history_and_the_templates_cannot_be_rewritten(database: Database, family: Family, change: str) -> None:
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
        insert_directly(session, family)
    with Session(database.engine) as session, pytest.raises(DBAPIError, match=r"append-only|never changed"):
        session.execute(text(change))


def test_nobody_but_a_guardian_of_the_pupil_answers_even_in_plain_sql(database: Database, family: Family) -> None:
    forged = text(
        "INSERT INTO consent_decision (id, student_id, number, party, guardian_id, answer, how, wording_version,"
        " wording_language, wording_sha256, decided_at, recorded_at, recorded_by) VALUES (:id, :student, 1, 'guardian',"
        " :guardian, 'granted', 'in_person', 1, 'vi', '', '2026-11-16 00:00:00', '2026-11-16 00:00:00', :id)"
    ).bindparams(*(bindparam(name, type_=Uuid) for name in ("id", "student", "guardian")))
    with Session(database.engine) as session, pytest.raises(DBAPIError, match="only a guardian"):
        session.execute(forged, {"id": new_id(), "student": family.child, "guardian": new_id()})


def test_the_guards_stand_after_every_migration_even_if_somebody_took_them_down(
    database: Database, family: Family
) -> None:
    on = ("face_template_needs_consent", "") if database.is_sqlite else ("face_template_guard", " ON face_template")
    with database.writing() as session:
        session.execute(text(f"DROP TRIGGER {on[0]}{on[1]}"))
    assert not refused(database, family)
    migrations.upgrade(database)
    assert refused(database, family)


def test_a_template_and_a_withdrawal_at_the_same_moment_leave_no_template(database: Database, family: Family) -> None:
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
    outcome: list[bool] = []
    thread = threading.Thread(target=lambda: outcome.append(refused(database, family)))
    with database.writing() as session:
        say(session, family, Answer.WITHDRAWN, who=family.mother)
        thread.start()
        thread.join(0.3)
    thread.join(30)
    assert outcome == [True]
    with database.reading() as session:
        assert template_count(session, family.child) == 0


SPEAKERS = st.sampled_from(["mother", "father", "child"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.tuples(SPEAKERS, st.sampled_from(Answer)), max_size=5),
    birth_date=st.sampled_from([SMALL, GROWN, None]),
)
def test_the_database_judges_as_the_rules_do(
    database: Database, said: list[tuple[str, Answer]], birth_date: date | None
) -> None:
    with Session(database.engine) as session:
        first = settle(session)
        family = add_child(
            session, first.school_id, first.class_id, first.mother_user, birth_date=birth_date, name="Minh"
        )
        standing = Standing.NOT_ASKED
        who: dict[str, UUID | None] = {"mother": family.mother, "father": family.father, "child": None}
        for speaker, answer in said:
            standing = say(session, family, answer, who=who[speaker])
        assert consent_in_force(session, family.child) == (standing is Standing.IN_FORCE)
