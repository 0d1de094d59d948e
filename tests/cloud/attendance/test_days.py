"""A pupil's day is the same in whatever order, however often and however late its sightings come."""

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from cloud.attendance import days
from cloud.attendance.events import Arrived
from cloud.attendance.ingest import ingest
from cloud.attendance.queries import observations
from cloud.attendance.queries.observations import Incoming
from cloud.attendance.queries.presence import Day, Seen, days_of
from cloud.attendance.reading import Delivery
from cloud.attendance.rules import arrival, day_of
from cloud.attendance.tables import Observation, Presence
from cloud.kit.db import Database
from cloud.kit.outbox import OutboxEvent
from edge.contract import Direction, Outcome, Sighting
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school
from tests.services.waiting import eventually

TODAY = date(2026, 11, 16)
NOON = MORNING + timedelta(hours=5)


def seen(minute: float, device: str = "gate-1", direction: str | None = None, seq: int = 1) -> Seen:
    return Seen(MORNING + timedelta(minutes=minute), device, seq, direction)


def send(database: Database, *sightings: Sighting, device: str = "gate-1", now: datetime = NOON) -> None:
    ingest(database, [Delivery(device, batch(*sightings, device=device))], clock=lambda: now, window=WINDOW)


def day_in(database: Database, student_id: UUID, day: date = TODAY) -> Day | None:
    with database.reading() as session:
        return days_of(session, [student_id], day).get(student_id)


def told(database: Database) -> list[tuple[datetime, datetime | None]]:
    with database.reading() as session:
        events = session.scalars(select(OutboxEvent.payload).order_by(OutboxEvent.id))
        return [(one.first_in_at, one.corrects) for one in map(Arrived.model_validate_json, events)]


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def test_the_same_face_at_two_units_within_the_window_is_one_passage() -> None:
    day = day_of([seen(0), seen(0.5, "gate-2"), seen(30)], window=WINDOW)
    assert day.passages == 2
    assert (day.first_device_id, day.last_device_id) == ("gate-1", "gate-1")


def test_who_stands_before_the_camera_for_long_passes_once() -> None:
    assert day_of([seen(0.5 * n) for n in range(20)], window=WINDOW).passages == 1


def test_a_pupil_who_was_only_seen_leaving_has_not_arrived() -> None:
    day = day_of([seen(0, direction=Direction.OUT)], window=WINDOW)
    assert day.first_in_at is None
    assert arrival(None, day, window=WINDOW) is None


SIGHTINGS = st.lists(
    st.builds(
        Seen,
        st.integers(0, 600).map(lambda seconds: MORNING + timedelta(seconds=10 * seconds)),
        st.sampled_from(["gate-1", "gate-2"]),
        st.integers(1, 50),
        st.sampled_from([None, "in", "out"]),
    ),
    min_size=1,
    max_size=12,
)


@given(SIGHTINGS, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_day(sightings: list[Seen], random: object) -> None:
    shuffled = list(sightings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert day_of(shuffled, window=WINDOW) == day_of(sightings, window=WINDOW)


def test_events_out_of_order_duplicated_and_split_give_the_same_day_as_in_order(
    database: Database, school: SmallSchool
) -> None:
    events = [sighting(n, school.lan, at=MORNING + timedelta(minutes=7 * n)) for n in range(1, 8)]
    orders: Iterable[list[list[Sighting]]] = (
        [events],
        [[one] for one in reversed(events)],
        [events[3:5], events[0:4], events, events[6:]],
    )
    outcomes = []
    for order in orders:
        for part in order:
            send(database, *part)
        outcomes.append(day_in(database, school.lan))
        with database.writing() as session:
            session.execute(delete(Presence))
            session.execute(delete(Observation))
    assert outcomes[0] is not None
    assert outcomes == [outcomes[0]] * 3


def test_two_workers_at_once_lose_nothing_of_a_day(database: Database, school: SmallSchool) -> None:
    """The second sees the first one's sighting only after its commit; the day must follow from both all the same."""
    first = Incoming("gate-1", school.id, school.lan, sighting(1, school.lan), NOON, MORNING)
    later = sighting(1, school.lan, at=MORNING + timedelta(hours=1))
    second = threading.Thread(target=send, args=(database, later), kwargs={"device": "gate-2"})
    with database.writing() as session:
        observations.insert_new(session, [first])
        days.follow(session, [first], window=WINDOW, now=NOON)
        second.start()
        eventually(lambda: database.is_sqlite or somebody_waits(database))
    second.join()
    day = day_in(database, school.lan)
    assert day is not None
    assert (day.first_in_at, day.last_seen_at, day.passages) == (MORNING, later.captured_at, 2)


def somebody_waits(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_an_arrival_is_told_once_and_a_later_passage_is_not(database: Database, school: SmallSchool) -> None:
    for _ in range(3):
        send(database, sighting(1, school.lan))
    send(database, sighting(2, school.lan, at=MORNING + timedelta(hours=1)))
    assert told(database) == [(MORNING, None)]


def test_an_earlier_sighting_that_comes_late_corrects_what_was_told(database: Database, school: SmallSchool) -> None:
    later = MORNING + timedelta(minutes=25)
    send(database, sighting(9, school.lan, at=later))
    send(database, sighting(1, school.lan))
    assert told(database) == [(later, None), (MORNING, later)]


def test_two_units_that_see_one_arrival_tell_it_once(database: Database, school: SmallSchool) -> None:
    send(database, sighting(1, school.lan, at=MORNING + timedelta(seconds=20)))
    send(database, sighting(1, school.lan), device="gate-2")
    assert told(database) == [(MORNING + timedelta(seconds=20), None)]
    day = day_in(database, school.lan)
    assert day is not None
    assert (day.first_in_at, day.passages) == (MORNING, 1)


def test_two_units_that_saw_the_same_moment_change_nothing_twice(database: Database, school: SmallSchool) -> None:
    send(database, sighting(1, school.lan))
    before = day_in(database, school.lan)
    send(database, sighting(2, school.lan))
    assert day_in(database, school.lan) == before


def test_doubt_marks_nobody_and_tells_nobody(database: Database, school: SmallSchool) -> None:
    send(database, sighting(1, outcome=Outcome.ASK, candidates=(str(school.lan),)), sighting(2))
    assert day_in(database, school.lan) is None
    assert told(database) == []


def test_half_past_six_counts_for_the_school_s_own_day(database: Database, school: SmallSchool) -> None:
    send(database, sighting(1, school.lan, at=datetime(2026, 11, 15, 23, 30, tzinfo=UTC)))
    assert day_in(database, school.lan) is not None


def test_sightings_wait_while_the_clock_is_not_trusted_and_settle_when_it_is(
    database: Database, school: SmallSchool
) -> None:
    in_1970 = datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
    send(database, sighting(1, school.lan, at=in_1970, trusted=False, monotonic_ms=120_000))
    assert told(database) == []
    send(database, sighting(2, school.minh, monotonic_ms=180_000))
    day = day_in(database, school.lan)
    assert day is not None
    assert day.first_in_at == MORNING - timedelta(minutes=1)
    assert {moment for moment, _ in told(database)} == {MORNING, MORNING - timedelta(minutes=1)}


def test_a_late_sighting_of_a_boot_whose_clock_was_right_once_is_dated_by_it(
    database: Database, school: SmallSchool
) -> None:
    """Live events go first, the backlog from before the clock was set follows; another boot's clock says nothing."""
    send(database, sighting(9, school.minh, monotonic_ms=180_000))
    in_1970 = datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
    send(database, sighting(1, school.lan, at=in_1970, trusted=False, monotonic_ms=120_000), device="gate-2")
    assert day_in(database, school.lan) is None
    send(database, sighting(1, school.lan, at=in_1970, trusted=False, monotonic_ms=120_000))
    day = day_in(database, school.lan)
    assert day is not None
    assert day.first_in_at == MORNING - timedelta(minutes=1)


def test_a_clock_that_claims_tomorrow_is_not_believed(database: Database, school: SmallSchool) -> None:
    send(database, sighting(1, school.lan, at=NOON + timedelta(days=1)))
    assert day_in(database, school.lan, TODAY + timedelta(days=1)) is None
    assert told(database) == []
