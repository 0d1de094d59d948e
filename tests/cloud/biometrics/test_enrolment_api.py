"""What an enrolling machine may ask for: codes without names, and no template."""

from collections.abc import Iterator

import httpx
import pytest

from cloud.kit.db import Database
from tests.cloud.biometrics.test_api import OUTSIDERS, agree, ask, bring
from tests.cloud.pages.people import House, open_house

SCHOOL = "/api/v1/schools/a"


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def get(house: House, who: str, path: str) -> httpx.Response:
    return ask(house, who, "GET", f"{SCHOOL}/{path}")


def test_whom_to_enrol_by_code_and_nobodys_template_to_anybody(house: House) -> None:
    before = {one["code"]: one for one in get(house, "alice", "enrolment").json()}
    assert {code: (one["consent"], one["views"]) for code, one in before.items()} == {"1": (False, 0), "2": (False, 0)}
    agree(house)
    assert bring(house).status_code == 204

    listed = get(house, "alice", "enrolment")
    lan = next(one for one in listed.json() if one["code"] == "1")
    assert (lan["consent"], lan["views"], lan["enrolled_at"] is not None) == (True, 1, True)
    assert "Lan" not in listed.text
    assert set(lan) == {"id", "code", "class_name", "consent", "views", "enrolled_at"}
    assert get(house, "alice", "gallery").status_code == 404, "there is no such thing"


@pytest.mark.parametrize("who", [*OUTSIDERS, "bob"])
def test_nobody_else_learns_who_is_enrolled(house: House, who: str) -> None:
    assert get(house, who, "enrolment").status_code == 404
