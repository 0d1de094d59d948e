"""A unit's batches over HTTPS: what MQTT would have acknowledged is the answer; strangers are turned away."""

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import select, update

from cloud.accounts.rules import token_hash
from cloud.attendance.tables import Observation, SetAside
from cloud.devices.tables import Device
from cloud.kit.db import Database
from edge.contract import Ack, CameraState, Heartbeat, parse
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, SESSION, batch, sighting

TOKEN = "the token of gate-1"


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        with database.writing() as session:
            session.execute(update(Device).where(Device.id == "gate-1").values(token_hash=token_hash(TOKEN)))
        yield house


def post(
    house: House, payload: bytes, *, token: str = TOKEN, device: str = "gate-1", to: str = "events"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return httpx.post(f"{house.url}/api/v1/devices/{device}/{to}", content=payload, headers=headers)


def seqs(house: House) -> list[int]:
    with house.database.reading() as session:
        return list(session.scalars(select(Observation.seq).order_by(Observation.seq)))


def test_a_batch_is_acknowledged_in_the_answer_however_often_it_comes(house: House) -> None:
    payload = batch(sighting(1, house.school.lan), sighting(2))
    for _ in range(2):
        answer = post(house, payload)
        assert answer.status_code == 200
        assert parse(Ack, answer.content) == Ack(device="gate-1", stored=(1, 2))
    assert seqs(house) == [1, 2]


@pytest.mark.parametrize(
    ("token", "device"),
    [("Bearer", "gate-1"), ("another", "gate-1"), (TOKEN, "gate-2"), (TOKEN, "other-gate"), (TOKEN, "nowhere")],
)
def test_a_token_opens_its_own_unit_s_door_alone(house: House, token: str, device: str) -> None:
    answer = post(house, batch(sighting(1), device=device), token=token, device=device)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert seqs(house) == []


def test_a_disabled_unit_is_turned_away(house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(Device).values(disabled_at=MORNING))
    assert post(house, batch(sighting(1))).status_code == 401


def test_a_person_s_session_is_no_token(house: House) -> None:
    with house.visit("alice") as client:
        answer = client.post("/api/v1/devices/gate-1/events", content=batch(sighting(1)), headers={"accept": "*/*"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("payload", "status", "says"),
    [
        (b"nonsense", 422, "not JSON"),
        (b'{"v":2}', 422, "newer than 1"),
        (batch(sighting(1), device="gate-2"), 422, "from gate-2"),
        (b" " * 300_000, 413, "bytes"),
    ],
)
def test_what_cannot_be_used_is_named_and_kept_aside(house: House, payload: bytes, status: int, says: str) -> None:
    answer = post(house, payload)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    with house.database.reading() as session:
        assert len(session.scalars(select(SetAside)).all()) == 1
    assert post(house, batch(sighting(1))).status_code == 200


def test_a_problem_is_settled_by_whoever_runs_its_school(house: House) -> None:
    post(house, b"nonsense")
    with house.database.reading() as session:
        problem_id = session.scalars(select(SetAside.id)).one()
    answers = {}
    for name in ("nobody", "bob", "charlie", "dave", "alice"):
        with house.visit(name) as client:
            assert (f"/problems/{problem_id}/settled" in client.get("/schools/a").text) is (name == "alice")
            answers[name] = client.post(f"/problems/{problem_id}/settled").status_code
    assert answers == {"nobody": 303, "bob": 404, "charlie": 404, "dave": 404, "alice": 200}
    with house.visit("alice") as client:
        assert str(problem_id) not in client.get("/schools/a").text


def test_a_heartbeat_over_https_counts_as_one(house: House) -> None:
    beat = Heartbeat(
        device="gate-1", session=SESSION, sent_at=MORNING, software="0.1.0", clock_trusted=True, uptime_s=1, backlog=0,
        camera=CameraState.OK,
    )  # fmt: skip
    assert post(house, beat.encode(), to="health").status_code == 204
    assert post(house, beat.encode(), to="health", token="another").status_code == 401
    assert post(house, b"nonsense", to="health").status_code == 422
    with house.database.reading() as session:
        assert session.scalars(select(Device.session).where(Device.id == "gate-1")).one() == SESSION
