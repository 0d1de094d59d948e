"""What the kiosk is told: whom it may enrol, whom somebody looks like, and never a template or a distance."""

import base64
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cloud.biometrics.queries.templates import template_count
from cloud.biometrics.tables import TemplateAccess
from cloud.kit.db import Database
from tests.cloud.biometrics.test_api import agree, ask, bring, lan
from tests.cloud.biometrics.units import VECTORS
from tests.cloud.pages.people import House, open_house

OUTSIDERS = ("erin", "charlie", "dave")


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        agree(house)
        assert bring(house).status_code == 204
        yield house


def question(vector: int = 0, within: float = 0.5) -> dict[str, object]:
    view = {"model": "m", "quality": 0.9, "vector": base64.b64encode(VECTORS[vector].tobytes()).decode()}
    return {"views": [view], "within": within}


def test_the_roll_says_who_agreed_and_who_is_enrolled(house: House) -> None:
    roll = ask(house, "alice", "GET", "/api/v1/enrolment/roll").json()
    (only,) = roll["classes"]
    said = {one["name"]: (one["standing"], one["views"], one["models"]) for one in only["pupils"]}
    assert said == {"Nguyễn Thị Lan": ("in_force", 1, ["m"]), "Trần Văn Minh": ("not_asked", 0, [])}
    for who in ("bob", "erin", "charlie"):
        assert ask(house, who, "GET", "/api/v1/enrolment/roll").json()["classes"] == []


def test_look_alikes_are_named_without_a_template_or_a_distance_and_noted(house: House) -> None:
    minh = f"/api/v1/students/{house.school.minh}"
    found = ask(house, "alice", "POST", f"{minh}/look-alikes", question())
    assert found.json() == [
        {"id": str(house.school.lan), "name": "Nguyễn Thị Lan", "class_name": "1A", "sibling": False}
    ]
    assert ask(house, "alice", "POST", f"{minh}/look-alikes", question(1)).json() == []
    assert ask(house, "alice", "POST", f"{lan(house)}/look-alikes", question()).json() == [], "oneself is no look-alike"
    assert ask(house, "alice", "PUT", f"{minh}/siblings/{house.school.lan}").status_code == 204
    (linked,) = ask(house, "alice", "POST", f"{minh}/look-alikes", question()).json()
    assert linked["sibling"]
    with house.database.reading() as session:
        noted = session.scalars(select(TemplateAccess)).all()
    alice, school = house.school.alice.user_id, {one.school_id for one in noted}
    said = [(one.purpose, one.user_id, one.student_id, one.templates) for one in noted]
    assert said == [("duplicate check", alice, None, 1)] * 4, "one row for each comparison, whoever is in the gallery"
    assert len(school - {None}) == 1
    assert ask(house, "alice", "POST", f"{minh}/look-alikes", question(within=9.0)).status_code == 422
    assert ask(house, "alice", "PUT", f"{minh}/siblings/{house.school.stranger}").status_code == 404
    assert ask(house, "alice", "PUT", f"{minh}/siblings/{house.school.minh}").status_code == 422


def test_undoing_erases_and_the_consent_stays(house: House) -> None:
    assert ask(house, "alice", "GET", f"{lan(house)}/whereabouts").json() == {"known_at": [], "on_the_way": []}
    assert ask(house, "alice", "DELETE", f"{lan(house)}/templates").status_code == 204
    with house.database.reading() as session:
        assert template_count(session, house.school.lan) == 0
    assert bring(house).status_code == 204


def test_a_parent_may_do_none_of_it_and_an_outsider_sees_nobody(house: House) -> None:
    for method, path, body in (
        ("POST", f"{lan(house)}/look-alikes", question()),
        ("DELETE", f"{lan(house)}/templates", None),
        ("PUT", f"{lan(house)}/siblings/{house.school.minh}", None),
        ("GET", f"{lan(house)}/whereabouts", None),
    ):
        assert ask(house, "bob", method, path, body).status_code == 403, path
        for who in OUTSIDERS:
            assert ask(house, who, method, path, body).status_code == 404, (who, path)
    with house.database.reading() as session:
        assert template_count(session, house.school.lan) == 1
