"""What an enrolling machine may ask for: codes without names, templates without names, and a line in the log."""

import base64
from collections.abc import Iterator

import httpx
import pytest

from cloud.biometrics.queries.templates import accesses
from cloud.kit.db import Database
from tests.cloud.biometrics.test_api import OUTSIDERS, agree, ask, bring
from tests.cloud.biometrics.units import VECTORS
from tests.cloud.pages.people import House, open_house

SCHOOL = "/api/v1/schools/a"


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def get(house: House, who: str, path: str) -> httpx.Response:
    return ask(house, who, "GET", f"{SCHOOL}/{path}")


def test_whom_to_enrol_and_what_to_compare_with(house: House) -> None:
    before = {one["code"]: one for one in get(house, "alice", "enrolment").json()}
    assert {code: (one["consent"], one["views"]) for code, one in before.items()} == {"1": (False, 0), "2": (False, 0)}
    assert get(house, "alice", "gallery").json() == []
    agree(house)
    assert bring(house).status_code == 204

    listed = get(house, "alice", "enrolment")
    lan = next(one for one in listed.json() if one["code"] == "1")
    assert (lan["consent"], lan["views"], lan["enrolled_at"] is not None) == (True, 1, True)
    assert "Lan" not in listed.text
    [view] = get(house, "alice", "gallery").json()
    assert (view["student_id"], base64.b64decode(view["vector"])) == (lan["id"], VECTORS[0].tobytes())
    with house.database.reading() as session:
        [noted] = accesses(session, house.school.lan)
    assert (noted.purpose, noted.user_id, noted.templates) == ("duplicate check", house.school.alice.user_id, 1)


@pytest.mark.parametrize("who", [*OUTSIDERS, "bob"])
def test_nobody_else_learns_who_is_enrolled(house: House, who: str) -> None:
    assert {get(house, who, path).status_code for path in ("enrolment", "gallery")} == {404}
