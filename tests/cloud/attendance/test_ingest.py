"""What is good is stored once, what is bad is kept aside, and only what is safe is acknowledged."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cloud.attendance.ingest import Answer, ingest
from cloud.attendance.queries.set_aside import Kind, Problem
from cloud.attendance.reading import Delivery
from cloud.attendance.tables import Observation, SetAside
from cloud.kit.db import Database
from edge.contract import Ack, Outcome
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def send(database: Database, *payloads: bytes, device: str = "gate-1") -> list[Answer]:
    deliveries = [Delivery(device, payload) for payload in payloads]
    return ingest(database, deliveries, clock=lambda: MORNING, window=WINDOW)


def stored(database: Database) -> list[Observation]:
    with database.reading() as session:
        return list(session.scalars(select(Observation).order_by(Observation.device_id, Observation.seq)))


def aside(database: Database) -> list[SetAside]:
    with database.reading() as session:
        return list(session.scalars(select(SetAside).order_by(SetAside.first_received_at, SetAside.seq)))


def test_a_batch_is_stored_as_it_was_reported_and_acknowledged(database: Database, school: SmallSchool) -> None:
    doubtful = sighting(2, outcome=Outcome.ASK, candidates=(str(school.lan), str(school.minh)), distance=0.5)
    [ack] = send(database, batch(sighting(1, school.lan, temperature_c=36.5), doubtful))
    assert ack == Ack(device="gate-1", stored=(1, 2))
    first, second = stored(database)
    assert (first.student_id, first.temperature_c, first.happened_at) == (school.lan, 36.5, MORNING)
    assert second.student_id is None
    assert second.candidates == [str(school.lan), str(school.minh)]


def test_an_event_replayed_ten_times_is_one_row_and_acknowledged_each_time(
    database: Database, school: SmallSchool
) -> None:
    payload = batch(sighting(1, school.lan))
    answers = [send(database, payload, payload)[0] for _ in range(5)]
    assert answers == [Ack(device="gate-1", stored=(1,))] * 5
    assert len(stored(database)) == 1
    assert aside(database) == []


def test_the_same_number_from_another_unit_is_another_event(database: Database, school: SmallSchool) -> None:
    send(database, batch(sighting(1, school.lan)))
    send(database, batch(sighting(1, school.lan), device="gate-2"), device="gate-2")
    assert len(stored(database)) == 2


def test_a_number_used_twice_for_different_sightings_loses_neither(database: Database, school: SmallSchool) -> None:
    """A unit whose storage was replaced starts counting anew."""
    send(database, batch(sighting(1, school.lan)))
    later = sighting(1, school.minh, at=MORNING + timedelta(hours=1))
    for _ in range(2):
        [ack] = send(database, batch(later, sighting(2, school.minh)))
        assert isinstance(ack, Ack)
        assert (ack.stored, [one.seq for one in ack.set_aside]) == ((2,), [1])
    [kept] = aside(database)
    assert (kept.kind, kept.payload, kept.times_seen) == (Kind.SEQ_USED_TWICE, later.encode(), 2)


@pytest.mark.parametrize("months", [1, 300])
def test_a_number_used_again_months_later_is_still_noticed(
    database: Database, school: SmallSchool, months: int
) -> None:
    first, later = sighting(1, school.lan), sighting(1, school.minh, at=MORNING - timedelta(days=30 * months))
    send(database, batch(first))
    for payload in (batch(later), batch(first), batch(later)):
        send(database, payload)
    assert [one.student_id for one in stored(database)] == [school.lan]
    assert [(one.kind, one.times_seen) for one in aside(database)] == [(Kind.SEQ_USED_TWICE, 2)]


def test_a_number_used_twice_within_one_batch_keeps_the_first(database: Database, school: SmallSchool) -> None:
    [ack] = send(database, batch(sighting(1, school.lan), sighting(1, school.minh)))
    assert isinstance(ack, Ack)
    assert ack.stored == (1,)
    assert [one.student_id for one in stored(database)] == [school.lan]
    assert [one.kind for one in aside(database)] == [Kind.SEQ_USED_TWICE]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"\xff\xfe", Kind.MALFORMED),
        (b"{}", Kind.MALFORMED),
        (b'{"v":2,"device":"gate-1"}', Kind.FUTURE_VERSION),
        (b" " * 300_000, Kind.OVERSIZED),
        (batch(sighting(1), device="gate-2"), Kind.WRONG_DEVICE),
    ],
)
def test_a_poisonous_message_is_kept_aside_once_and_not_acknowledged(
    database: Database, school: SmallSchool, payload: bytes, kind: Kind
) -> None:
    good = batch(sighting(7, school.lan))
    for _ in range(2):
        answer, ack = send(database, payload, good)
        assert isinstance(answer, Problem)
        assert ack == Ack(device="gate-1", stored=(7,))
    [kept] = aside(database)
    assert (kept.kind, kept.times_seen, kept.school_id) == (kind, 2, school.id)
    assert payload.startswith(kept.payload)


def test_a_batch_resent_at_another_time_is_still_the_same_problem(database: Database, school: SmallSchool) -> None:
    for minute in range(3):
        sent_at = MORNING + timedelta(minutes=minute)
        send(database, batch(sighting(1), sent_at=sent_at).replace(b'{"v":1,', b'{"v":2,'))
    assert [one.times_seen for one in aside(database)] == [3]


def test_an_unknown_unit_keeps_its_events_until_it_is_registered(database: Database, school: SmallSchool) -> None:
    [answer] = send(database, batch(sighting(1), device="gate-9"), device="gate-9")
    assert isinstance(answer, Problem)
    assert stored(database) == []
    assert [one.kind for one in aside(database)] == [Kind.UNKNOWN_DEVICE]


def test_one_bad_event_does_not_keep_its_neighbours_out(database: Database, school: SmallSchool) -> None:
    spoilt = batch(sighting(1, school.lan), sighting(2)).replace(b'"outcome":"unknown"', b'"outcome":"ghost"')
    for _ in range(2):
        [ack] = send(database, spoilt)
        assert isinstance(ack, Ack)
        assert ack.stored == (1,)
        assert ack.set_aside[0].seq == 2
        assert "outcome" in ack.set_aside[0].reason
    [kept] = aside(database)
    assert (kept.seq, kept.times_seen) == (2, 2)
    assert b"ghost" in kept.payload


def test_an_event_without_a_usable_number_is_kept_but_cannot_be_acknowledged(
    database: Database, school: SmallSchool
) -> None:
    spoilt = batch(sighting(1, school.lan), sighting(2)).replace(b'"seq":2', b'"seq":"two"')
    assert send(database, spoilt) == [Ack(device="gate-1", stored=(1,))]
    assert [one.kind for one in aside(database)] == [Kind.BAD_EVENT]


@pytest.mark.parametrize("poison", [b'"model":"\\ud800"', b'"model":"\\u0000"'])
def test_what_the_database_cannot_hold_is_found_among_many_and_kept_aside(
    database: Database, school: SmallSchool, poison: bytes
) -> None:
    many = [batch(*(sighting(10 * n + i, school.lan, model="m") for i in range(1, 5))) for n in range(4)]
    many[2] = many[2].replace(b'"model":"m"', poison, 1)
    acks = send(database, *many)
    assert all(isinstance(ack, Ack) for ack in acks)
    held = [one.seq for one in stored(database)] + [one.seq for one in aside(database)]
    assert sorted(held) == [10 * n + i for n in range(4) for i in range(1, 5)]
    if not database.is_sqlite:
        assert [one.seq for one in aside(database)] == [21]


def test_a_person_whom_we_do_not_know_is_stored_without_a_pupil(database: Database, school: SmallSchool) -> None:
    refs = ("hs-404", str(school.stranger), "00000000-0000-7000-8000-000000000000")
    [ack] = send(database, batch(*(sighting(seq, ref) for seq, ref in enumerate(refs, start=1))))
    assert ack == Ack(device="gate-1", stored=(1, 2, 3))
    assert [(one.student_id, one.person_ref) for one in stored(database)] == [(None, ref) for ref in refs]


def test_nothing_personal_is_logged(database: Database, school: SmallSchool, caplog: pytest.LogCaptureFixture) -> None:
    spoilt = batch(sighting(1, school.lan)).replace(b'"outcome":"identified"', b'"outcome":"unknown"')
    send(database, spoilt, b'{"v":1,"name":"Lan"}')
    assert "kept aside" in caplog.text
    assert str(school.lan) not in caplog.text
    assert "Lan" not in caplog.text


def test_a_number_of_rows_is_what_was_sent(database: Database, school: SmallSchool) -> None:
    payloads = [batch(*(sighting(100 * n + i, school.lan) for i in range(100))) for n in range(1, 21)]
    acks = send(database, *payloads)
    assert sum(len(ack.stored) for ack in acks if isinstance(ack, Ack)) == 2000
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Observation)) == 2000
