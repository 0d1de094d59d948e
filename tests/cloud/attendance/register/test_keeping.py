"""The register as kept: what units bring, in whatever order and however late, ends in the same entries."""

import json
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select

from cloud.attendance import schedule
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.attendance.register import entry_queries, keeping, queries
from cloud.attendance.register.counting import count
from cloud.attendance.register.events import ABSENCE_CORRECTED, ABSENT_WITHOUT_NOTICE
from cloud.attendance.register.facts import Permission, Policy, Presence, Rule, Status
from cloud.attendance.register.tables import RegisterChange, RegisterEntry
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from cloud.school.calendar.facts import DayRule, HalfDay, RuleKind
from cloud.school.calendar.queries import add_rule
from cloud.school.tables import School
from edge.contract import Outcome, Sighting
from tests.cloud.schoolhouse import MONDAY, SATURDAY, YEAR, at
from tests.cloud.small_school import WINDOW, SmallSchool, batch, sighting

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON
NIGHT = at("02:00") + timedelta(days=1)


def arrive(database: Database, *sightings: Sighting, now: datetime, device: str = "gate-1") -> None:
    ingest(database, [Delivery(device, batch(*sightings, device=device))], clock=lambda: now, window=WINDOW)


def refresh(database: Database, school: SmallSchool, now: datetime) -> int:
    return schedule.refresh(database, school.id, now)


def close(database: Database) -> int:
    """Monday, in the night after it."""
    with database.writing() as session:
        return sum(schedule.close(session, one, MONDAY, NIGHT) for one in session.scalars(select(School.id)).all())


def told(database: Database, topic: str) -> list[dict]:
    with database.reading() as session:
        rows = session.scalars(select(OutboxEvent.payload).where(OutboxEvent.topic == topic).order_by(OutboxEvent.id))
        return [json.loads(row) for row in rows]


def status(database: Database, school: SmallSchool, half: HalfDay = MORNING) -> Status:
    with database.reading() as session:
        return entry_queries.entries_of(session, [school.lan], MONDAY)[school.lan, half].status


def test_lan_came_late_and_minh_not_at_all(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.lan, at=at("07:36")), now=at("07:36"))
    assert refresh(database, a_school, at("08:00")) == 4
    with database.reading() as session:
        entries = entry_queries.entries_of_school(session, a_school.id, MONDAY)
    assert {key: (entry.status.presence, entry.status.late_minutes) for key, entry in entries.items()} == {
        (a_school.lan, MORNING): (Presence.PRESENT, 6),
        (a_school.lan, AFTERNOON): (Presence.NOT_YET, 0),
        (a_school.minh, MORNING): (Presence.ABSENT, 0),
        (a_school.minh, AFTERNOON): (Presence.NOT_YET, 0),
    }
    reason = entries[a_school.lan, MORNING].status.reasons[0]
    assert (reason.rule, reason.minutes, reason.used[0].key) == (Rule.CAME_LATE, 6, "gate-1/1")


def test_refreshing_again_writes_nothing(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    refresh(database, a_school, at("08:00"))
    assert refresh(database, a_school, at("08:01")) == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RegisterChange)) == 4


def test_events_out_of_order_split_repeated_and_late_end_in_the_same_register(
    database: Database, a_school: SmallSchool
) -> None:
    """Each order on a day of its own, refreshed after every piece; the last pieces arrive the next evening."""
    outcomes = set()
    for number, order in enumerate(permutations(["07:36", "09:10", "09:30"])):
        day = MONDAY + timedelta(days=number if number < 5 else 7)
        for place, clock in enumerate(order):
            direction = {"07:36": "in", "09:10": "out", "09:30": "in"}[clock]
            one = sighting(100 * number + place + 1, a_school.lan, at=at(clock, day), direction=direction)
            now = at(f"{10 + place}:00", day) if place < 2 else at("19:00", day) + timedelta(days=1)
            arrive(database, one, now=now)
            arrive(database, one, now=now)
            refresh(database, a_school, now)
        with database.reading() as session:
            entry = entry_queries.entries_of(session, [a_school.lan], day)[a_school.lan, MORNING]
        outcomes.add((entry.status.presence, entry.status.late_minutes, entry.status.left_early_minutes))
    assert outcomes == {(Presence.PRESENT, 6, 0)}


def test_an_absence_without_notice_is_told_once_a_day(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.lan, at=at("07:20")), now=at("07:21"))
    for clock in ("07:40", "07:50", "08:00", "14:00"):
        refresh(database, a_school, at(clock))
        with database.writing() as session:
            keeping.tell_absences(session, a_school.id, at(clock))
    [event] = told(database, ABSENT_WITHOUT_NOTICE)
    assert (event["student_id"], event["half"]) == (str(a_school.minh), "morning")
    assert datetime.fromisoformat(event["noticed_at"]) == at("08:00")


def test_nobody_is_told_in_the_moment_between_a_unit_and_what_it_saw(database: Database, a_school: SmallSchool) -> None:
    refresh(database, a_school, at("08:00"))
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("08:01")) == 0
    arrive(database, *(sighting(n, pupil, at=at("07:20")) for n, pupil in ((1, a_school.lan), (2, a_school.minh))),
           now=at("08:01"))  # fmt: skip
    refresh(database, a_school, at("08:02"))
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("08:05")) == 0


@pytest.mark.parametrize("outcome", [Outcome.ASK, Outcome.REFUSED])
def test_a_doubt_that_comes_late_makes_an_absence_a_question(
    database: Database, a_school: SmallSchool, outcome: Outcome
) -> None:
    refresh(database, a_school, at("08:00"))
    assert status(database, a_school).presence is Presence.ABSENT
    doubt = sighting(1, at=at("07:20"), outcome=outcome, candidates=(str(a_school.lan),))
    arrive(database, doubt, now=at("08:10"))
    refresh(database, a_school, at("08:11"))
    assert status(database, a_school).presence is Presence.ASK
    with database.writing() as session:
        keeping.tell_absences(session, a_school.id, at("08:15"))
    [event] = told(database, ABSENT_WITHOUT_NOTICE)
    assert event["student_id"] == str(a_school.minh)


def test_a_late_offline_event_corrects_the_day_and_what_was_told(database: Database, a_school: SmallSchool) -> None:
    refresh(database, a_school, at("08:00"))
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("08:02")) == 2
    arrive(database, sighting(1, a_school.lan, at=at("07:10")), now=at("11:00"))
    refresh(database, a_school, at("11:01"))
    assert (status(database, a_school).presence, status(database, a_school).permission) == (Presence.PRESENT, None)
    [event] = told(database, ABSENCE_CORRECTED)
    assert (event["student_id"], event["presence"]) == (str(a_school.lan), "present")
    with database.reading() as session:
        said = [
            (change.presence, change.because)
            for change in entry_queries.history(session, a_school.lan, MONDAY)
            if change.half is MORNING
        ]
    assert said == [("absent", "not_seen"), ("present", "came_in_time")]


@pytest.mark.parametrize("outcome", [Outcome.ASK, Outcome.REFUSED])
def test_a_doubtful_sighting_tells_no_parent_and_asks_the_school(
    database: Database, a_school: SmallSchool, outcome: Outcome
) -> None:
    doubtful = sighting(1, at=at("07:20"), outcome=outcome, candidates=(str(a_school.lan), str(a_school.minh)))
    arrive(database, doubtful, now=at("07:21"))
    refresh(database, a_school, at("08:00"))
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("08:00")) == 0
    assert status(database, a_school).presence is Presence.ASK


def test_while_a_unit_is_silent_nobody_is_called_absent(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        unit = session.get(Device, "gate-1")
        assert unit
        unit.heartbeat_at = at("07:00")
    refresh(database, a_school, at("08:00"))
    assert status(database, a_school).presence is Presence.ASK
    with database.writing() as session:
        unit = session.get(Device, "gate-1")
        assert unit
        unit.heartbeat_at, unit.backlog = at("09:00"), 0
    refresh(database, a_school, at("09:01"))
    assert status(database, a_school).presence is Presence.ABSENT


def test_a_weekend_has_no_entries_and_tells_nobody(database: Database, a_school: SmallSchool) -> None:
    assert refresh(database, a_school, at("09:00", SATURDAY)) == 0
    with database.writing() as session:
        assert keeping.tell_absences(session, a_school.id, at("09:00", SATURDAY)) == 0


def test_a_day_called_off_afterwards_is_taken_out_of_the_register(database: Database, a_school: SmallSchool) -> None:
    refresh(database, a_school, at("08:00"))
    with database.writing() as session:
        add_rule(session, a_school.id, DayRule(MONDAY, RuleKind.OFF, "Bão"))
        keeping.recompute(session, a_school.id, MONDAY, [a_school.lan, a_school.minh], now=at("09:00"))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RegisterEntry)) == 0
        assert entry_queries.history(session, a_school.lan, MONDAY)[-1].because == "no_lessons"


def test_a_school_sets_its_own_grace(database: Database, a_school: SmallSchool) -> None:
    with database.writing() as session:
        queries.set_policy(session, a_school.id, Policy(grace_minutes=10))
    arrive(database, sighting(1, a_school.lan, at=at("07:36")), now=at("07:36"))
    refresh(database, a_school, at("08:00"))
    assert status(database, a_school).late_minutes == 0


def test_absent_both_half_days_counts_one_toward_the_limit(database: Database, a_school: SmallSchool) -> None:
    refresh(database, a_school, at("20:00"))
    with database.reading() as session:
        absences = entry_queries.absences_of(session, a_school.lan, YEAR)
    assert [absence.permission for absence in absences] == [Permission.NOT_PERMITTED] * 2
    assert count(absences).days == 1


def test_the_nightly_check_finds_nothing_in_a_register_that_was_kept(database: Database, a_school: SmallSchool) -> None:
    arrive(database, sighting(1, a_school.lan, at=at("07:36")), now=at("07:36"))
    refresh(database, a_school, at("20:00"))
    assert close(database) == 0


def test_the_nightly_check_fills_in_a_day_on_which_nothing_ran(database: Database, a_school: SmallSchool) -> None:
    assert close(database) == 0
    assert status(database, a_school).presence is Presence.ABSENT


def test_the_nightly_check_finds_an_entry_that_somebody_patched(
    database: Database, a_school: SmallSchool, caplog: pytest.LogCaptureFixture
) -> None:
    refresh(database, a_school, at("20:00"))
    with database.writing() as session:
        row = session.get(RegisterEntry, (a_school.lan, MONDAY, "morning"))
        assert row
        row.presence = "present"
    assert close(database) == 1
    assert str(a_school.lan) in caplog.text


def test_the_worker_keeps_every_school_up_to_date(database: Database, a_school: SmallSchool) -> None:
    schedule.Rounds(database, lambda: at("08:00")).make()
    assert status(database, a_school).presence is Presence.ABSENT
    schedule.Rounds(database, lambda: at("08:02")).make()
    assert len(told(database, ABSENT_WITHOUT_NOTICE)) == 2
