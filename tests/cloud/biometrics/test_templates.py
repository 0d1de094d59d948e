"""Templates at rest: sealed, read by the record, gone for good when they are erased."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cloud.biometrics.consent import where_it_stands
from cloud.biometrics.events import ERASED
from cloud.biometrics.keyring import Keyring, KeyUnavailable, open_keyring
from cloud.biometrics.queries.consent import consent_in_force, open_requests
from cloud.biometrics.queries.templates import Reader, accesses, template_count
from cloud.biometrics.rules import Answer, Standing
from cloud.biometrics.tables import FaceTemplate
from cloud.biometrics.templates import ENROLMENT_UNDER_WAY, View, enrol, on_erased, open_templates, sweep
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.kit.errors import Conflict, Invalid
from cloud.people.tables import Guardianship, Student
from tests.cloud.biometrics.family import NOW, STAFF, Family, say

VECTOR = np.random.default_rng(5).normal(size=128).astype("<f2").tobytes()
VIEW = View("55533b28", 0.9, VECTOR)
KIOSK = Reader("duplicate_check", user_id=STAFF)


def enrolled(database: Database, keyring: Keyring, family: Family) -> None:
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
        enrol(session, keyring, family.child, [VIEW, VIEW], made_by=STAFF, now=NOW)


def vectors(database: Database, keyring: Keyring, family: Family) -> list[bytes]:
    with database.writing() as session:
        opened = open_templates(session, keyring, family.school_id, [family.child], reader=KIOSK, now=NOW)
        return [one.vector for one in opened]


def withdraw(database: Database, family: Family) -> None:
    with database.writing() as session:
        say(session, family, Answer.WITHDRAWN, who=family.mother)


def handle_outbox(database: Database, keyring: Keyring) -> None:
    outbox.dispatch(database, {ERASED: on_erased(keyring, lambda: NOW)}, lambda: NOW)


def test_no_consent_no_enrolment(database: Database, keyring: Keyring, family: Family) -> None:
    with database.writing() as session, pytest.raises(Conflict, match="not_asked"):
        enrol(session, keyring, family.child, [VIEW], made_by=STAFF, now=NOW)


def test_what_was_sealed_comes_back_and_the_reader_is_noted(
    database: Database, keyring: Keyring, family: Family
) -> None:
    enrolled(database, keyring, family)
    assert vectors(database, keyring, family) == [VECTOR, VECTOR]
    with database.reading() as session:
        noted = accesses(session, family.child)
    assert [(one.purpose, one.user_id, one.templates) for one in noted] == [("duplicate_check", STAFF, 2)]


@pytest.mark.parametrize("change", ["DELETE FROM template_access", "UPDATE template_access SET purpose = 'nothing'"])
def test_the_access_log_cannot_be_rewritten(database: Database, keyring: Keyring, family: Family, change: str) -> None:
    enrolled(database, keyring, family)
    vectors(database, keyring, family)
    with Session(database.engine) as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(change))


def test_enrolling_again_replaces_the_views(database: Database, keyring: Keyring, family: Family) -> None:
    enrolled(database, keyring, family)
    with database.writing() as session:
        enrol(session, keyring, family.child, [VIEW], made_by=STAFF, now=NOW)
    assert vectors(database, keyring, family) == [VECTOR]


@pytest.mark.parametrize("vector", [b"", b"odd", b"x" * 5000])
def test_what_is_no_template_is_refused(database: Database, keyring: Keyring, family: Family, vector: bytes) -> None:
    with database.writing() as session, pytest.raises(Invalid):
        enrol(session, keyring, family.child, [View("m", 0.5, vector)], made_by=STAFF, now=NOW)


def test_a_template_passed_off_as_anothers_does_not_open(database: Database, keyring: Keyring, family: Family) -> None:
    enrolled(database, keyring, family)
    with database.writing() as session:
        taken = session.scalars(select(FaceTemplate).limit(1)).one()
        session.add(
            FaceTemplate(
                school_id=taken.school_id, student_id=taken.student_id, model="another", quality=1.0,
                key_id=taken.key_id, sealed=taken.sealed, made_at=NOW, made_by=STAFF,
            )
        )  # fmt: skip
    assert len(vectors(database, keyring, family)) == 2


def test_withdrawal_makes_even_a_back_up_unreadable(database: Database, keyring: Keyring, family: Family) -> None:
    enrolled(database, keyring, family)
    columns = [column.name for column in FaceTemplate.__table__.columns]
    with database.reading() as session:
        back_up = [{name: getattr(row, name) for name in columns} for row in session.scalars(select(FaceTemplate))]
    withdraw(database, family)
    handle_outbox(database, keyring)
    with database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
        session.add_all(FaceTemplate(**row) for row in back_up)
    assert vectors(database, keyring, family) == []


def test_a_pupil_who_comes_back_is_known_again(database: Database, keyring: Keyring, family: Family) -> None:
    enrolled(database, keyring, family)
    withdraw(database, family)
    handle_outbox(database, keyring)
    enrolled(database, keyring, family)
    assert vectors(database, keyring, family) == [VECTOR, VECTOR]


def test_a_slow_worker_does_not_destroy_the_key_of_a_later_enrolment(
    database: Database, keyring: Keyring, family: Family
) -> None:
    enrolled(database, keyring, family)
    withdraw(database, family)
    enrolled(database, keyring, family)
    handle_outbox(database, keyring)
    assert vectors(database, keyring, family) == [VECTOR, VECTOR]


def test_withdrawal_opens_a_request_that_is_acknowledged_at_once(database: Database, family: Family) -> None:
    withdraw(database, family)
    with database.reading() as session:
        (request,) = open_requests(session, [family.school_id])
    assert (request.kind, request.acknowledged_at, request.done_at) == ("withdrawal", NOW, None)


def test_leaving_erases_in_its_own_transaction_and_the_pupil_stays(
    database: Database, keyring: Keyring, family: Family
) -> None:
    enrolled(database, keyring, family)
    with database.writing() as session:
        session.get_one(Student, family.child).left_on = date(2026, 11, 1)
        session.flush()
        assert template_count(session, family.child) == 0
        assert where_it_stands(session, family.child, now=NOW) is Standing.LEFT
        assert not consent_in_force(session, family.child)
    with database.writing() as session, pytest.raises(Conflict, match="left"):
        enrol(session, keyring, family.child, [VIEW], made_by=STAFF, now=NOW)
    later = NOW + ENROLMENT_UNDER_WAY * 2
    sweep(database, keyring, lambda: later)
    assert keyring.destroy(family.child, now=later) == 0, "the sweep has destroyed the key already"


def test_a_last_day_that_is_still_to_come_erases_nothing_yet(
    database: Database, keyring: Keyring, family: Family
) -> None:
    enrolled(database, keyring, family)
    with database.writing() as session:
        session.get_one(Student, family.child).left_on = date(2199, 1, 1)
    assert vectors(database, keyring, family) == [VECTOR, VECTOR]


def test_consent_that_ends_in_silence_is_swept(database: Database, keyring: Keyring, family: Family) -> None:
    enrolled(database, keyring, family)
    assert sweep(database, keyring, lambda: NOW) == 0
    with database.writing() as session:
        session.delete(session.get_one(Guardianship, (family.mother, family.child)))
    assert sweep(database, keyring, lambda: NOW) == 1
    assert vectors(database, keyring, family) == []


def test_another_secret_opens_nothing_and_says_so(
    database: Database, keyring: Keyring, keyring_url: str, family: Family
) -> None:
    enrolled(database, keyring, family)
    other = open_keyring(keyring_url, "another")
    with pytest.raises(KeyUnavailable, match="SECRET_KEY"):
        vectors(database, other, family)
    other.close()


def test_a_dump_shows_no_vector_and_no_name_next_to_a_template(
    database: Database, keyring: Keyring, family: Family, tmp_path: Path
) -> None:
    enrolled(database, keyring, family)
    assert {column.name for column in FaceTemplate.__table__.columns} == {
        "id", "school_id", "student_id", "model", "quality", "key_id", "sealed", "made_at", "made_by",
    }  # fmt: skip
    with database.reading() as session:
        dumped = b"".join(session.scalars(select(FaceTemplate.sealed)))
    dumped += b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert VECTOR[:16] not in dumped
    assert VECTOR[-16:] not in dumped


def test_a_destroyed_key_is_overwritten_on_disk(
    database: Database, keyring: Keyring, family: Family, tmp_path: Path
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's pages are its own: VACUUM frees them, full-disk encryption covers the rest")
    enrolled(database, keyring, family)
    with keyring._database.reading() as session:
        sealed = session.scalars(text("SELECT sealed FROM pupil_key")).one()
    assert sealed in (tmp_path / "keys.sqlite3").read_bytes()
    withdraw(database, family)
    handle_outbox(database, keyring)
    assert sealed not in b"".join(file.read_bytes() for file in tmp_path.glob("keys*"))
