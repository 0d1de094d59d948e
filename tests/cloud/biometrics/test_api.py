"""Consent over HTTP: bob answers for Lan, alice takes down what was said before her, nobody else has a say."""

import base64
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.people.tables import Guardian, Guardianship
from tests.cloud.biometrics.units import VECTORS
from tests.cloud.pages.people import House, open_house

JSON = {"accept": "application/json"}
OUTSIDERS = ("erin", "charlie", "dave")


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def father(house: House) -> str:
    with house.database.reading() as session:
        bob = session.scalars(select(Guardian.id).where(Guardian.user_id == house.school.bob.user_id)).one()
        assert session.get(Guardianship, (bob, house.school.lan)) is not None
    return str(bob)


def ask(house: House, who: str, method: str, path: str, body: object = None) -> httpx.Response:
    with house.visit(who) as client:
        return client.request(method, path, json=body, headers=JSON)


def lan(house: House) -> str:
    return f"/api/v1/students/{house.school.lan}"


def words(answer: str, *, who: str | None, how: str) -> dict[str, object]:
    return {
        "party": "guardian" if who else "child", "guardian_id": who, "answer": answer, "how": how,
        "wording_version": 1, "wording_language": "vi",
    }  # fmt: skip


def agree(house: House) -> None:
    yes = words("granted", who=father(house), how="guardian_page")
    assert ask(house, "bob", "POST", f"{lan(house)}/consent", yes).json()["standing"] == "child_not_asked"
    yes = words("granted", who=None, how="in_person")
    assert ask(house, "alice", "POST", f"{lan(house)}/consent", yes).json()["standing"] == "in_force"


def bring(house: House, who: str = "alice") -> httpx.Response:
    view = {"model": "m", "quality": 0.9, "vector": base64.b64encode(VECTORS[0].tobytes()).decode()}
    return ask(house, who, "PUT", f"{lan(house)}/templates", [view])


def test_no_consent_no_enrolment_and_with_it_the_kiosk_may_bring_templates(house: House) -> None:
    assert bring(house).status_code == 409
    agree(house)
    assert bring(house).status_code == 204
    history = ask(house, "bob", "GET", f"{lan(house)}/consent").json()["history"]
    assert [(one["number"], one["party"], one["guardian"], one["how"]) for one in history] == [
        (1, "guardian", "bob", "guardian_page"),
        (2, "child", None, "in_person"),
    ]


def test_a_refusal_is_an_answer_like_any_other(house: House) -> None:
    no = words("refused", who=father(house), how="guardian_page")
    assert ask(house, "bob", "POST", f"{lan(house)}/consent", no).json()["standing"] == "refused"


def test_withdrawal_counts_at_once(house: House) -> None:
    agree(house)
    bring(house)
    back = words("withdrawn", who=father(house), how="guardian_page")
    assert ask(house, "bob", "POST", f"{lan(house)}/consent", back).json()["standing"] == "withdrawn"
    assert bring(house).status_code == 409


@pytest.mark.parametrize("missing", ["answer", "party", "guardian_id", "how", "wording_version"])
def test_nothing_is_ticked_beforehand(house: House, missing: str) -> None:
    said = words("granted", who=father(house), how="guardian_page")
    del said[missing]
    assert ask(house, "bob", "POST", f"{lan(house)}/consent", said).status_code == 422


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsider_sees_nothing_and_says_nothing(house: House, who: str) -> None:
    assert ask(house, who, "GET", f"{lan(house)}/consent").status_code == 404
    yes = words("granted", who=father(house), how="in_person")
    assert ask(house, who, "POST", f"{lan(house)}/consent", yes).status_code == 404
    assert bring(house, who).status_code == 404
    assert ask(house, who, "GET", "/api/v1/schools/a/rosters").status_code == 404


def test_nobody_answers_in_anothers_place(house: House) -> None:
    consent = f"{lan(house)}/consent"
    as_staff = words("granted", who=father(house), how="in_person")
    assert ask(house, "bob", "POST", consent, as_staff).status_code == 403
    as_parent = words("granted", who=father(house), how="guardian_page")
    assert ask(house, "alice", "POST", consent, as_parent).status_code == 403
    for_another = words("granted", who=str(UUID(int=5)), how="guardian_page")
    assert ask(house, "bob", "POST", consent, for_another).status_code == 422
    assert bring(house, "bob").status_code == 403


def test_staff_see_each_units_own_acknowledgement(house: House) -> None:
    agree(house)
    bring(house)
    units = ask(house, "alice", "GET", "/api/v1/schools/a/rosters").json()
    assert [(unit["device_id"], unit["version"], unit["acked_version"]) for unit in units] == [
        ("gate-1", 1, 0),
        ("gate-2", 1, 0),
    ]
    assert ask(house, "bob", "GET", "/api/v1/schools/a/rosters").status_code == 404
