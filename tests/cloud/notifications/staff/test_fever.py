"""A fever is an alarm for the health staff alone: once each half-day, at once, without a name."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from cloud.accounts.tables import RoleGrant
from cloud.attendance.health import alarm_queries
from cloud.attendance.health.queries import set_fever_from_c
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database
from cloud.notifications.tables import Message
from edge.contract import Sighting
from tests.cloud.notifications.staff.office import Office, open_office
from tests.cloud.schoolhouse import at
from tests.cloud.small_school import WINDOW, batch, sighting


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def report(office: Office, *sightings: Sighting, now: datetime, device: str = "gate-1") -> None:
    ingest(
        office.database,
        [Delivery(device, batch(*sightings, device=device))],
        clock=lambda: now,
        window=WINDOW,
        fever_c=38.0,
    )


def warm(office: Office, seq: int, clock: str, celsius: float = 38.6, **more: object) -> Sighting:
    return sighting(seq, office.school.lan, at=at(clock), temperature_c=celsius, **more)


def fevers(office: Office, clock: str) -> list[str]:
    return [one.to for one in office.told(at(clock), kind="fever")]


def unseen(office: Office, name: str, clock: str) -> int:
    with office.database.reading() as session:
        actor = office.actor(name, at(clock))
        return alarm_queries.unseen(session, actor, office.school.id, at(clock))


def test_two_readings_are_one_alarm_for_the_nurse_at_once_and_without_a_name(office: Office) -> None:
    report(office, warm(office, 1, "06:20"), warm(office, 2, "06:21"), now=at("06:21"))
    report(office, warm(office, 1, "06:22", 39.0), now=at("06:22"), device="gate-2")
    [told] = office.told(at("06:22"), kind="fever")
    assert (told.to, told.subject) == ("nurse", "Phòng y tế: có em cần đo lại nhiệt độ")
    assert (told.path, told.due) == ("/schools/a/health", at("06:22")), "also in quiet hours"
    assert "Lan" not in told.body
    assert "38" not in told.body
    with office.database.reading() as session:
        assert session.scalars(select(Message.student_id).where(Message.kind == "fever")).all() == [None]
        assert session.scalars(select(Message.kind).where(Message.guardian_id.is_not(None))).all() == ["arrived"]
    report(office, warm(office, 3, "13:10"), now=at("13:10"))
    assert fevers(office, "13:10") == ["nurse", "nurse"], "another half-day"


def test_a_school_s_own_limit_holds_before_the_installation_s(office: Office) -> None:
    with office.database.writing() as session:
        set_fever_from_c(session, office.school.id, 37.2)
    report(office, warm(office, 1, "07:00", 37.1), now=at("07:00"))
    assert fevers(office, "07:00") == []
    report(office, warm(office, 2, "07:01", 37.2), now=at("07:01"))
    assert fevers(office, "07:01") == ["nurse"]


@pytest.mark.parametrize(
    ("clock", "celsius", "alarms"),
    [("07:00", 37.9, 0), ("07:00", 38.0, 1), ("07:00", 43.0, 1), ("07:00", 49.9, 0)],
)
def test_only_what_a_person_can_have_and_from_the_limit_on(
    office: Office, clock: str, celsius: float, alarms: int
) -> None:
    report(office, warm(office, 1, clock, celsius), sighting(2, at=at(clock), temperature_c=39.9), now=at(clock))
    assert len(fevers(office, clock)) == alarms


def test_what_comes_a_day_late_alarms_nobody_and_a_clock_that_is_not_right_hides_nothing(office: Office) -> None:
    tomorrow = at("07:00") + timedelta(days=1)
    report(office, warm(office, 1, "09:00"), now=tomorrow)
    assert office.told(tomorrow, kind="fever") == []
    report(office, warm(office, 2, "09:00", trusted=False), now=tomorrow)
    assert [one.to for one in office.told(tomorrow, kind="fever")] == ["nurse"]


def test_each_of_the_health_staff_sees_what_they_have_not_looked_at(office: Office) -> None:
    report(office, warm(office, 1, "07:00"), now=at("07:00"))
    assert {name: unseen(office, name, "07:01") for name in office.people} == {
        **dict.fromkeys(office.people, 0), "nurse": 1
    }  # fmt: skip
    with office.database.writing() as session:
        alarm_queries.look(session, office.actor("nurse", at("07:02")), office.school.id, now=at("07:02"))
    assert unseen(office, "nurse", "07:03") == 0
    minh = sighting(2, office.school.minh, at=at("07:04"), temperature_c=39.0)
    report(office, minh, now=at("07:04"))
    assert unseen(office, "nurse", "07:05") == 1
    with office.database.writing() as session:
        alarm_queries.look(session, office.actor("nurse", at("07:06")), office.school.id, now=at("07:06"))
    assert unseen(office, "nurse", "07:07") == 0


def test_at_a_school_without_health_staff_whoever_sees_the_whole_school_s_health_is_told(office: Office) -> None:
    with office.database.writing() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.role == "health_staff"))
    report(office, warm(office, 1, "07:00"), now=at("07:00"))
    assert fevers(office, "07:00") == ["alice", "principal"]
