"""What the table says happens: what is older goes, what is younger stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cloud.accounts.rules import DEVICE_LIFETIME
from cloud.accounts.tables import KnownDevice, UserSession
from cloud.attendance.tables import Observation, SetAside
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.tables import ConsentScan, TemplateAccess
from cloud.kit.db import Database
from cloud.notifications.groups.tables import GroupMessage
from cloud.notifications.posts.tables import Post
from cloud.notifications.tables import Message
from cloud.notifications.threads.tables import Thread, ThreadMessage
from cloud.people.tables import Student
from cloud.reports.retention import RULES, obey
from tests.cloud.biometrics.test_api import agree, bring
from tests.cloud.biometrics.test_kiosk_api import question
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import sighting

NOW = datetime(2026, 11, 1, 3, tzinfo=UTC)
"""Not after the real clock: the database judges the age of the access log by its own."""
KEPT = {rule.key: rule.kept for rule in RULES}


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def around(key: str) -> tuple[datetime, datetime]:
    """A moment that is too old by the rule, and one that is not."""
    kept = KEPT[key]
    assert kept is not None
    return NOW - kept - timedelta(days=2), NOW - kept + timedelta(days=2)


def add_written(session: Session, house: House) -> None:
    school, by = house.school, house.school.alice.user_id
    for child, at in zip((school.lan, school.minh), around("threads"), strict=True):
        thread = Thread(school_id=school.id, student_id=child, teacher_id=by, begun_at=at, last_at=at)
        session.add(thread)
        session.flush()
        session.add(ThreadMessage(thread_id=thread.id, author_id=by, side="teacher", body="x", at=at))
    for at in around("groups"):
        session.add(
            GroupMessage(
                class_id=school.class_id, author_id=by, by_staff=True, body="x", at=at, state="shown", reason=""
            )
        )
    corrected = None
    for at in around("posts"):
        post = Post(
            school_id=school.id, audience="school", audience_name="", author_id=by, title="x", body="x", written_at=at,
            publish_at=at, state="waiting", reason="", corrects_id=corrected,
        )  # fmt: skip
        session.add(post)
        session.flush()
        corrected = post.id
    for at in around("messages"):
        session.add(
            Message(
                school_id=school.id, user_id=by, student_id=school.lan, channel="web_push", kind="thread", subject="x",
                body="x", dedupe_key=str(at), happened_at=at, state="sent", next_attempt_at=at, queued_at=at,
            )
        )  # fmt: skip


def test_what_is_older_than_its_rule_goes_and_nothing_else(house: House) -> None:
    lan, minh = house.school.lan, house.school.minh
    agree(house)
    with house.database.writing() as session:
        for number, at in enumerate(around("family_photos")):
            session.add(
                FamilyPhoto(
                    school_id=house.school.id, student_id=lan, sent_by=lan, sent_at=at, key_id=UUID(int=number),
                    sealed=b"sealed", state="waiting",
                )
            )  # fmt: skip
        for student, left_on in ((lan, around("scans")[0]), (minh, around("scans")[1])):
            session.add(ConsentScan(student_id=student, sha256="0" * 64, sealed=b"sealed", added_at=NOW))
            row = session.get(Student, student)
            assert row is not None
            row.left_on = left_on.date() if student == minh else None
        for at in around("accesses"):
            session.add(TemplateAccess(at=at, student_id=lan, purpose="roster", templates=1))
        for number, at in enumerate(around("set_aside")):
            session.add(
                SetAside(
                    fingerprint=str(number), device_id="gate-1", kind="event", reason="", payload=b"x",
                    first_received_at=at, last_received_at=at,
                )
            )  # fmt: skip
        for at in around("sessions"):
            hashed = str(at.day).rjust(64, "0")
            session.add(
                UserSession(
                    token_hash=hashed, user_id=house.school.bob.user_id, created_at=at, last_seen_at=at, expires_at=at
                )
            )
        for at in around("devices"):
            session.add(
                KnownDevice(token_hash=str(at), user_id=house.school.bob.user_id, expires_at=at + DEVICE_LIFETIME)
            )
        add_written(session, house)
    house.clock.now = around("strangers")[0]
    house.report(sighting(1, at=house.clock.now, temperature_c=36.6), sighting(2, lan, at=house.clock.now))
    house.clock.now = around("strangers")[1]
    house.report(sighting(3, at=house.clock.now, temperature_c=36.6))
    for seq, house.clock.now in enumerate(around("sightings"), start=4):
        house.report(sighting(seq, lan, at=house.clock.now))

    obey(house.database, lambda: NOW)
    with house.database.reading() as session:
        photos = session.scalars(select(FamilyPhoto).order_by(FamilyPhoto.sent_at)).all()
        assert [(one.state, one.sealed) for one in photos] == [("expired", None), ("waiting", b"sealed")]
        assert {one.sealed for one in session.scalars(select(ConsentScan))} == {b"sealed"}, "who left lately, or stays"
        assert [one.at for one in session.scalars(select(TemplateAccess))] == [around("accesses")[1]]
        assert [one.fingerprint for one in session.scalars(select(SetAside))] == ["1"]
        assert str(around("sessions")[0].day).rjust(64, "0") not in set(session.scalars(select(UserSession.token_hash)))
        devices = session.scalars(select(KnownDevice.token_hash)).all()
        assert [str(at) in devices for at in around("devices")] == [False, True]
        assert [one.at for one in session.scalars(select(ThreadMessage))] == [around("threads")[1]]
        assert [one.last_at for one in session.scalars(select(Thread))] == [around("threads")[1]]
        assert [one.at for one in session.scalars(select(GroupMessage))] == [around("groups")[1]]
        assert [one.queued_at for one in session.scalars(select(Message))] == [around("messages")[1]]
        posts = session.execute(select(Post.publish_at, Post.corrects_id)).all()
        assert posts == [(around("posts")[1], None)]
        seen = {one.seq: one.temperature_c for one in session.scalars(select(Observation))}
        assert (seen[1], seen[3], sorted(seen)) == (None, 36.6, [1, 2, 3, 5])
    with house.database.writing() as session:
        row = session.get(Student, minh)
        assert row is not None
        row.left_on = around("scans")[0].date()
    obey(house.database, lambda: NOW)
    with house.database.reading() as session:
        emptied = session.scalars(select(ConsentScan.sealed).where(ConsentScan.student_id == minh)).one()
        assert emptied == b""


def test_a_young_line_of_the_access_log_cannot_be_deleted_by_anybody(house: House) -> None:
    with house.database.writing() as session:
        session.add(TemplateAccess(at=datetime.now(UTC), student_id=house.school.lan, purpose="roster", templates=1))
    with pytest.raises(DBAPIError, match="append-only"), house.database.writing() as session:
        session.execute(delete(TemplateAccess))


def test_administrators_see_who_opened_what_and_who_is_to_be_photographed_again(house: House) -> None:
    agree(house)
    bring(house)
    with house.visit("alice") as alice:
        minh = f"/api/v1/students/{house.school.minh}"
        alice.post(f"{minh}/look-alikes", json=question()).raise_for_status()
        page = alice.get("/schools/a/safekeeping").text
        lines = alice.get("/schools/a/accesses.csv").text.splitlines()
        assert "Cần chụp lại" not in alice.get("/schools/a/photos").text
        assert "Nguyễn Thị Lan" not in alice.get("/schools/a/photos").text
    assert "so với cả trường xem có trùng không" in page
    assert "Nguyễn Thị Lan" not in page
    [line] = lines[1:]
    assert line.split(",")[1:] == ["", "", "duplicate check", "alice", "", "1"]
    assert "toàn trường" in page
    house.clock.now += timedelta(days=370)
    with house.visit("alice") as alice:
        assert "Nguyễn Thị Lan" in alice.get("/schools/a/photos").text
