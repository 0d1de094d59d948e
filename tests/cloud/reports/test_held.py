"""Everything held about a child: nothing forgotten, nobody else's, and only for those whose business it is."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cloud import migrations
from cloud.accounts.tables import AuditEntry
from cloud.biometrics.queries.requests import asked_of
from cloud.kit.db import Database
from cloud.reports.held_queries import LEFT_OUT, sections
from cloud.reports.words import COLUMNS
from tests.cloud.biometrics.test_api import agree, ask, bring, lan
from tests.cloud.pages.people import EVERYBODY, House, open_house
from tests.cloud.small_school import sighting


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def test_a_family_gets_everything_and_nothing_of_anybody_else(house: House) -> None:
    agree(house)
    bring(house)
    house.report(sighting(1, house.school.lan), sighting(2, house.school.minh))
    ask(house, "alice", "POST", f"{lan(house)}/cards", {"valid_until": None})
    with house.visit("bob") as bob:
        bob.post(f"/children/{house.school.lan}/requests", data={"kind": "access", "wish": ""})
        answer = bob.get(f"/students/{house.school.lan}/held.json")
        pdf = bob.get(f"/students/{house.school.lan}/held.pdf")
    assert pdf.content.startswith(b"%PDF-")
    held = json.loads(answer.content)
    counted = {key: len(held[key]) for key in ("pupil", "consent", "templates", "cards", "days", "sightings")}
    assert counted == {"pupil": 1, "consent": 2, "templates": 1, "cards": 1, "days": 1, "sightings": 1}
    assert held["pupil"][0]["full_name"] == "Nguyễn Thị Lan"
    assert set(held["templates"][0]) == {"made_at", "model", "quality"}, "facts only"
    assert not {"Minh", "erin", str(house.school.minh)} & set(answer.text.replace('"', " ").split())
    with house.database.reading() as session:
        [asked] = asked_of(session, house.school.lan)
        assert asked.done_at is not None
        noted = session.scalars(select(AuditEntry.action)).all()
        assert noted.count("held.exported") == 2


def test_only_the_family_and_those_who_manage_people_get_it(house: House) -> None:
    got = {}
    for name in EVERYBODY:
        with house.visit(name) as client:
            got[name] = {
                client.get(f"/students/{house.school.lan}/held.{kind}").status_code for kind in ("json", "pdf")
            }
    assert got == {"nobody": {303}, "alice": {200}, "bob": {200}, "erin": {404}, "charlie": {404}, "dave": {404}}


def test_every_table_that_names_a_pupil_is_in_it_and_every_column_has_a_name(house: House) -> None:
    with house.database.reading() as session:
        found = sections(session, house.school.lan, reader=None)
    naming = {
        table.name for table in migrations.METADATA.sorted_tables if {"student_id", "first_id"} & set(table.c.keys())
    }
    assert naming - LEFT_OUT.keys() == {one.table for one in found} - {"student"}
    assert {field for one in found for field in one.fields} <= COLUMNS.keys()
