"""A unit in trouble is told to whoever looks after it: once until it was good again, in school time, after a while."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cloud.devices.identity.tables import Certificate, CertificateAuthority
from cloud.devices.queries import record_heartbeat
from cloud.devices.rules import UnitState
from cloud.kit.db import Database
from cloud.units import trouble_queries, watching
from cloud.units.rules import Condition, Trouble, troubles_of
from cloud.units.tables import UnitTrouble
from edge.contract import CameraState, Heartbeat
from tests.cloud.notifications.staff.office import Office, Told, open_office
from tests.cloud.schoolhouse import MONDAY, SATURDAY, at
from tests.cloud.small_school import SESSION

HEARTBEAT, AFTER = timedelta(seconds=30), timedelta(minutes=10)


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def beat(office: Office, clock: str, device: str = "gate-1", day=MONDAY, **more: object) -> None:
    values: dict[str, object] = {"clock_trusted": True, "camera": CameraState.OK, "disk_free_mb": 9000, **more}
    said = Heartbeat(
        device=device, session=SESSION, sent_at=at(clock, day), software="7", uptime_s=60, backlog=0, **values
    )  # type: ignore[arg-type]
    with office.database.writing() as session:
        record_heartbeat(session, said, now=at(clock, day))


def look(office: Office, clock: str, day=MONDAY) -> list[Told]:
    now = at(clock, day)
    watching.look(office.database, lambda: now, heartbeat=HEARTBEAT, told_after=AFTER)
    return office.told(now, kind="unit_trouble")


def waiting(office: Office, name: str) -> int:
    with office.database.reading() as session:
        return trouble_queries.in_trouble(session, office.actor(name, at("08:15")), office.school.id, at("08:15"))


def troubles(office: Office) -> set[tuple[str, str]]:
    with office.database.reading() as session:
        return {(one.device_id, one.trouble) for one in session.scalars(select(UnitTrouble))}


def test_a_unit_that_is_silent_in_school_time_is_told_once_until_it_was_heard_of_again(office: Office) -> None:
    beat(office, "07:00")
    assert look(office, "07:01") == []
    assert look(office, "07:05") == [], "it may come back by itself"
    assert look(office, "07:14") == []
    [told] = look(office, "07:15")
    assert (told.to, told.subject, told.path) == ("alice", "Thiết bị cần xem: gate-1", "/schools/a/units/gate-1")
    assert told.body == "gate-1: mất kết nối, từ 07:05 16/11."
    assert len(look(office, "08:15")) == 1
    counted = {name: waiting(office, name) for name in office.people}
    assert {name: number for name, number in counted.items() if number} == {"alice": 1}
    beat(office, "09:00")
    look(office, "09:00")
    assert troubles(office) == set()
    look(office, "09:05")
    assert len(look(office, "09:15")) == 2, "again, since it was good"


def test_several_at_once_are_one_message_and_another_school_s_are_not_in_it(office: Office) -> None:
    for device in ("gate-1", "gate-2", "other-gate"):
        beat(office, "07:00", device)
    look(office, "07:05")
    [told] = look(office, "07:16")
    assert (told.to, told.subject, told.path) == ("alice", "Thiết bị cần xem: 2", "/schools/a/units")
    assert told.body.count("mất kết nối") == 2
    assert "other" not in told.body


def test_what_is_switched_off_at_night_or_at_the_weekend_is_in_no_trouble(office: Office) -> None:
    beat(office, "17:00")
    assert look(office, "22:00") == []
    assert look(office, "23:00") == []
    assert look(office, "09:00", SATURDAY) == []
    assert troubles(office) == set()


def test_what_a_unit_says_of_itself_is_told_and_nothing_of_it_at_night(office: Office) -> None:
    bad = {"camera": CameraState.LOST, "clock_trusted": False, "disk_free_mb": 12, "cpu_temperature_c": 84.0}
    beat(office, "05:00", **bad)
    look(office, "05:00")
    beat(office, "06:20", **bad)
    assert look(office, "06:20") == [], "the gate opens at 06:30"
    beat(office, "06:30", **bad)
    [told] = look(office, "06:30")
    for words in ("mất camera", "đồng hồ chưa chắc đúng", "sắp đầy bộ nhớ", "máy quá nóng"):
        assert words in told.body, words
    assert "mất kết nối" not in told.body


def test_a_certificate_that_ends_soon_is_told_unless_it_was_renewed(office: Office) -> None:
    with office.database.writing() as session:
        session.add(CertificateAuthority(name="ours", certificate_pem="-", sealed_key=b"-", created_at=at("07:00")))

    def issue(days: int, serial: str) -> None:
        until = at("07:00") + timedelta(days=days)
        with office.database.writing() as session:
            session.add(
                Certificate(
                    serial=serial, authority="ours", common_name="gate-1", device_id="gate-1", public_key_digest="-",
                    issued_at=at("07:00"), expires_at=until,
                )
            )  # fmt: skip

    issue(12, "1")
    beat(office, "07:00")
    look(office, "07:00")
    beat(office, "07:10")
    [told] = look(office, "07:10")
    assert "chứng thư sắp hết hạn" in told.body
    issue(400, "2")
    look(office, "07:10")
    assert troubles(office) == set()


def condition(**more: object) -> Condition:
    values: dict[str, object] = {
        "device_id": "gate-1", "school_id": SESSION, "name": "gate-1", "heartbeat_at": at("07:00"), "will_at": None,
        "clock_trusted": True, "camera": "ok", "disk_free_mb": 900, "cpu_temperature_c": 50.0,
        "certificate_until": None, **more,
    }  # fmt: skip
    return Condition(**values)  # type: ignore[arg-type]


def test_a_unit_is_cool_again_only_well_below_the_limit_and_what_it_said_last_stays_while_it_is_silent() -> None:
    def found(celsius: float, *had: Trouble, state: UnitState = UnitState.ONLINE) -> set[Trouble]:
        one = condition(cpu_temperature_c=celsius)
        return set(troubles_of(one, state, had, at("07:00"), school_time=True))

    assert found(79.9) == set()
    assert found(80.0) == {Trouble.HOT}
    assert found(79.9, Trouble.HOT) == {Trouble.HOT}
    assert found(74.9, Trouble.HOT) == set()
    assert found(50.0, Trouble.HOT, state=UnitState.OFFLINE) == {Trouble.HOT, Trouble.OFFLINE}


def test_of_two_workers_that_find_the_same_due_one_tells_it(office: Office) -> None:
    key = ("gate-1", Trouble.HOT)
    got = []
    with office.database.writing() as session:
        trouble_queries.begin(session, office.school.id, [key], now=at("07:00"))
        trouble_queries.begin(session, office.school.id, [key], now=at("07:01"))
    for _ in range(2):
        with office.database.writing() as session:
            got.append(trouble_queries.tell_once(session, [key], now=at("07:10")))
    assert got == [{key}, set()]
