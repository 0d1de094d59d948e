"""Everything held about a child: nothing forgotten, nobody else's, and only for those whose business it is."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cloud import migrations
from cloud.accounts.tables import AuditEntry
from cloud.biometrics.queries.requests import asked_of
from cloud.kit.db import Database
from cloud.notifications.notices.tables import NoticeReceipt
from cloud.notifications.threads.tables import Thread, ThreadMessage
from cloud.people.tables import Guardian, Guardianship
from cloud.reports.held_queries import LEFT_OUT, sections
from cloud.reports.words import COLUMNS
from tests.cloud.biometrics.test_api import agree, ask, bring, lan
from tests.cloud.pages.people import EVERYBODY, House, open_house
from tests.cloud.small_school import MORNING, sighting


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def test_a_family_gets_everything_and_nothing_of_anybody_else(house: House) -> None:
    agree(house)
    bring(house)
    house.report(sighting(1, house.school.lan), sighting(2, house.school.minh))
    ask(house, "alice", "POST", f"{lan(house)}/cards", {"valid_until": None})
    write(house)
    with house.visit("bob") as bob:
        bob.post(f"/children/{house.school.lan}/requests", data={"kind": "access", "wish": ""})
        answer = bob.get(f"/students/{house.school.lan}/held.json")
        pdf = bob.get(f"/students/{house.school.lan}/held.pdf")
    assert pdf.content.startswith(b"%PDF-")
    held = json.loads(answer.content)
    counted = {key: len(held[key]) for key in ("pupil", "consent", "templates", "cards", "days", "sightings")}
    assert counted == {"pupil": 1, "consent": 2, "templates": 1, "cards": 1, "days": 1, "sightings": 1}
    assert [(one["who"], one["body"]) for one in held["threads"]] == [("alice", "Cháu Lan rất ngoan.")]
    assert held["pupil"][0]["full_name"] == "Nguyễn Thị Lan"
    assert set(held["templates"][0]) == {"made_at", "model", "quality"}, "facts only"
    assert not {"Minh", "erin", str(house.school.minh)} & set(answer.text.replace('"', " ").split())
    with house.database.reading() as session:
        [asked] = asked_of(session, house.school.lan)
        assert asked.done_at is not None
        noted = session.scalars(select(AuditEntry.action)).all()
        assert noted.count("held.exported") == 2


def write(house: House) -> None:
    """A teacher to Lan's family and to Minh's."""
    by = house.school.alice.user_id
    with house.database.writing() as session:
        for child, body in ((house.school.lan, "Cháu Lan rất ngoan."), (house.school.minh, "Cháu Minh hay nói.")):
            thread = Thread(
                school_id=house.school.id, student_id=child, teacher_id=by, begun_at=MORNING, last_at=MORNING
            )
            session.add(thread)
            session.flush()
            session.add(ThreadMessage(thread_id=thread.id, author_id=by, side="teacher", body=body, at=MORNING))


def test_only_the_family_and_those_who_manage_people_get_it(house: House) -> None:
    got = {}
    for name in EVERYBODY:
        with house.visit(name) as client:
            got[name] = {
                client.get(f"/students/{house.school.lan}/held.{kind}").status_code for kind in ("json", "pdf")
            }
    assert got == {"nobody": {303}, "alice": {200}, "bob": {200}, "erin": {404}, "charlie": {404}, "dave": {404}}


NAMES_OF_PUPILS = {"student_id", "child_id", "pupil_id", "person", "person_ref"}
"""Columns that name a pupil where no foreign key does."""


def about_pupils() -> set[str]:
    """Tables that refer to a pupil, to what refers to one, and so on."""
    found = {"student"}
    tables = [one for one in migrations.METADATA.sorted_tables if one.name not in found]
    grown = True
    while grown:
        more = {
            table.name
            for table in tables
            if {key.column.table.name for key in table.foreign_keys} & found or NAMES_OF_PUPILS & set(table.c.keys())
        }
        grown, found = not more <= found, found | more
    return found


def test_every_table_that_has_to_do_with_a_pupil_is_in_it_and_every_column_has_a_name(house: House) -> None:
    with house.database.reading() as session:
        found = sections(session, house.school.lan, reader=None)
    forgotten = about_pupils() - {one.table for one in found} - LEFT_OUT.keys()
    assert forgotten == set(), (
        "a family gets everything that is held about its child: give each of these tables a section in "
        "cloud/reports/held_queries.py (only what the reader may see: no other child, no other guardian's messages), "
        "or a reason to be left out in LEFT_OUT there"
    )
    assert LEFT_OUT.keys() <= about_pupils(), "nothing of a pupil is in them: no reason is needed"
    assert all(LEFT_OUT.values())
    nameless = {field for one in found for field in one.fields} - COLUMNS.keys()
    assert nameless == set(), "say in cloud/reports/words.py what these columns are called in front of people"


def test_notices_are_in_it_for_whom_they_came(house: House) -> None:
    with house.visit("alice") as alice:
        form = {"audience": "school", "subject": "Nghỉ bão", "body": "Ngày mai cả trường nghỉ."}
        assert alice.post("/schools/a/notices", data=form).status_code == 303
    with house.visit("bob") as bob:
        [notice] = bob.get(f"/students/{house.school.lan}/held.json").json()["notices"]
        assert (notice["subject"], notice["read_at"]) == ("Nghỉ bão", None)
    with house.database.writing() as session:
        mother = Guardian(school_id=house.school.id, full_name="Mẹ")
        session.add(mother)
        session.flush()
        session.add(Guardianship(guardian_id=mother.id, student_id=house.school.lan))
        receipt = session.scalars(select(NoticeReceipt).where(NoticeReceipt.child_id == house.school.lan)).one()
        hers = NoticeReceipt(notice_id=receipt.notice_id, guardian_id=mother.id, child_id=house.school.lan)
        session.add(hers)
    counts = {}
    with house.database.reading() as session:
        for reader in (None, house.school.bob.user_id):
            [notices] = [one for one in sections(session, house.school.lan, reader=reader) if one.key == "notices"]
            counts[reader] = len(notices.rows)
    assert counts == {None: 2, house.school.bob.user_id: 1}, "another guardian's copy is not the reader's"
