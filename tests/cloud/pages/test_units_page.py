"""What is done to a unit on its page holds for that unit, is in the school's log, and is nobody else's to do."""

import re

import pytest

from cloud.accounts import audit_queries as audit
from cloud.biometrics.tables import RosterUnit
from cloud.briefings import queries as briefings
from cloud.devices.queries import record_heartbeat
from cloud.devices.tables import Device
from cloud.units.settings_form import WORDS, read
from edge.contract import CameraState, Heartbeat, LivenessState
from edge.contract.briefing_parts import UnitSettings
from tests.cloud.pages.people import House
from tests.cloud.pages.test_live import listening, live_url
from tests.cloud.small_school import SESSION

UNIT = "/schools/a/units/gate-1"
OUTSIDERS = ("bob", "erin", "charlie", "dave")


def log_of(house: House) -> list[tuple[str, str, dict[str, str]]]:
    """The latest first."""
    with house.database.reading() as session:
        return [
            (one.action, one.subject, dict(one.details)) for one in audit.entries(session, house.school.id)
        ]  # fmt: skip


def settings_of(house: House) -> dict[str, object]:
    with house.database.reading() as session:
        orders = briefings.orders(session, "gate-1")
        return dict(orders.settings) if orders else {}


def test_the_list_says_how_each_unit_is(house: House) -> None:
    beat = Heartbeat(
        device="gate-1", session=SESSION, sent_at=house.clock.now, software="7.3.1", clock_trusted=False, uptime_s=60,
        backlog=4711, camera=CameraState.OK, liveness=LivenessState.WARN, cpu_temperature_c=83.4, disk_free_mb=321,
    )  # fmt: skip
    with house.database.writing() as session:
        record_heartbeat(session, beat, now=house.clock.now)
    with house.visit("alice") as client:
        page = client.get("/schools/a/units").text
    for said in ("7.3.1", "chưa chắc", "4711", "83 °C", "321 MB", "Đang hoạt động", "gate-2"):
        assert said in page, said
    assert "other-gate" not in page


def test_the_open_list_says_by_itself_that_a_unit_is_heard_of(house: House) -> None:
    with house.visit("alice") as client:
        url = live_url(client, "/schools/a/units")
        beat = Heartbeat(
            device="gate-1", session=SESSION, sent_at=house.clock.now, software="7.3.1", clock_trusted=True,
            uptime_s=60, backlog=0,
        )  # fmt: skip
        with house.database.writing() as session:
            record_heartbeat(session, beat, now=house.clock.now)
        with listening(client, url) as events:
            assert "7.3.1" in events.next()["data"]
    for name in OUTSIDERS:
        with house.visit(name) as client:
            assert client.get("/schools/a/units-live").status_code == 404


def test_a_unit_is_added_renamed_and_placed(house: House) -> None:
    with house.visit("alice") as client:
        answer = client.post("/schools/a/units", data={"device": "door-1a", "name": "Cửa lớp 1A"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/schools/a/units/door-1a")
        assert client.post("/schools/a/units", data={"device": "door-1a", "name": "x"}).status_code == 409
        assert client.post("/schools/a/units", data={"device": "Cửa!", "name": "x"}).status_code == 422
        client.post("/schools/a/units/door-1a/name", data={"name": "Cửa 1A"})
        placed = {"class_id": str(house.school.class_id), "room": "P.101"}
        assert client.post("/schools/a/units/door-1a/place", data=placed).status_code == 303
        nowhere = client.post("/schools/a/units/door-1a/place", data={"class_id": "1A", "room": "P.102"})
        assert (nowhere.status_code, 'id="class_id-wrong"' in nowhere.text) == (422, True)
        assert 'value="P.102"' in nowhere.text
        endless = client.post("/schools/a/units/door-1a/name", data={"name": "Cửa " * 30})
        assert (endless.status_code, f'value="{"Cửa " * 30}"' in endless.text) == (422, True)
        page = client.get("/schools/a/units/door-1a").text
        assert "Cửa 1A" in page
        assert "P.101" in page
    with house.database.reading() as session:
        unit = session.get(RosterUnit, "door-1a")
        assert unit is not None
        assert unit.class_id == house.school.class_id
    assert log_of(house) == [
        ("unit.placed", "door-1a", {"class": "1A", "room": "P.101"}),
        ("unit.renamed", "door-1a", {"from": "Cửa lớp 1A", "to": "Cửa 1A"}),
        ("unit.added", "door-1a", {}),
    ]


def test_a_unit_that_cannot_be_added_says_why_beside_the_field_and_keeps_what_was_typed(shared_house: House) -> None:
    with shared_house.visit("alice") as client:
        odd = client.post("/schools/a/units", data={"device": "GATE 2", "name": "Cổng sau"})
        twice = client.post("/schools/a/units", data={"device": "gate-1", "name": "Cổng sau"})
        nameless = client.post("/schools/a/units", data={"device": "gate-3", "name": " "})
    assert [one.status_code for one in (odd, twice, nameless)] == [422, 409, 422]
    for page, field, said in (
        (odd.text, "device", "chữ thường không dấu"),
        (twice.text, "device", "Đã có thiết bị gate-1"),
        (nameless.text, "name", "Tên có từ 1 đến 80"),
    ):
        assert re.findall(r'id="(\w+)"[^>]*aria-invalid="true"', page) == [field]
        assert said in page
    assert 'value="GATE 2"' in odd.text
    assert 'value="Cổng sau"' in odd.text


def test_a_code_is_shown_once_and_a_machine_becomes_the_unit_with_it(house: House) -> None:
    with house.visit("alice") as client:
        answer = client.post(f"{UNIT}/claim-code")
        [code] = set(re.findall(r"big-code\">([0-9A-Z-]+)<", answer.text))
        assert answer.headers["cache-control"] == "no-store"
        assert code not in client.get(UNIT).text
    assert log_of(house) == [("unit.claim_code", "gate-1", {})]


def test_locking_out_asks_first_then_holds_until_the_unit_is_let_in(house: House) -> None:
    def locked_out() -> bool:
        with house.database.reading() as session:
            unit = session.get(Device, "gate-1")
            return unit is not None and unit.disabled_at is not None

    with house.visit("alice") as client:
        asked = client.post(f"{UNIT}/lock-out")
        assert (asked.status_code, "Hãy đánh dấu vào ô trước" in asked.text) == (422, True)
        assert "<details open>" in asked.text
        assert not locked_out()
        assert client.post(f"{UNIT}/lock-out", data={"sure": "true"}).status_code == 303
        assert locked_out()
        assert "Đã khóa" in client.get(UNIT).text
        placed = client.post(f"{UNIT}/place")
        assert (placed.status_code, "Thiết bị này đang bị khóa" in placed.text) == (422, True)
        assert f'action="{UNIT}/claim-code"' in placed.text, "on the page of the unit"
        assert client.post(f"{UNIT}/settings", data={"fever_c": "38"}).status_code == 404
        assert client.post(f"{UNIT}/claim-code").status_code == 200
        assert locked_out(), "a code alone lets nobody in: a machine has to claim the unit with it"
    assert [action for action, _, _ in log_of(house)] == ["unit.let_in", "unit.locked_out"]


def test_settings_are_set_all_or_none_and_withdrawn_one_by_one(house: House) -> None:
    with house.visit("alice") as client:
        wished = {"fever_c": "37,8", "min_face_px": "80", "direction": "in", "door_s": ""}
        assert client.post(f"{UNIT}/settings", data=wished).status_code == 303
        assert settings_of(house) == {"fever_c": 37.8, "min_face_px": 80, "direction": "in"}
        assert 'value="37,8"' in client.get(UNIT).text
        bad = client.post(f"{UNIT}/settings", data={"fever_c": "370", "door_s": "x", "bell_s": "5"})
        assert bad.status_code == 422
        assert re.findall(r'id="(\w+)"[^>]*aria-invalid="true"', bad.text) == ["fever_c", "door_s"]
        assert 'value="370"' in bad.text
        assert settings_of(house)["fever_c"] == 37.8
        assert client.post(f"{UNIT}/settings/fever_c/withdrawn").status_code == 303
        assert client.post(f"{UNIT}/settings/fever_c/withdrawn").status_code == 404
    assert settings_of(house) == {"min_face_px": 80, "direction": "in"}
    assert log_of(house) == [
        ("unit.settings", "gate-1", {"fever_c": "own"}),
        ("unit.settings", "gate-1", {"direction": "in", "fever_c": "37.8", "min_face_px": "80"}),
    ]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/schools/a/units", {"device": "new-1", "name": "x"}),
        (f"{UNIT}/claim-code", {}),
        (f"{UNIT}/name", {"name": "x"}),
        (f"{UNIT}/place", {}),
        (f"{UNIT}/lock-out", {"sure": "true"}),
        (f"{UNIT}/settings", {"fever_c": "38"}),
    ],
)
def test_nobody_else_changes_a_unit(shared_house: House, path: str, form: dict[str, str]) -> None:
    for name in OUTSIDERS:
        with shared_house.visit(name) as client:
            assert client.post(path, data=form).status_code == 404, name
            # Through the door of one's own school neither.
            if name == "dave" and "gate-1" in path:
                assert client.post(path.replace("/a/", "/b/"), data=form).status_code == 404
    assert log_of(shared_house) == []


def test_every_setting_that_the_cloud_may_set_has_words() -> None:
    assert set(WORDS) == set(UnitSettings.model_fields) - {"v"}
    assert read({"passage_window_s": " 12,5 ", "unknown": "x"}) == ({"passage_window_s": 12.5}, frozenset())
    assert read({"fever_c": "nan", "direction": "up"}) == ({}, frozenset({"fever_c", "direction"}))
