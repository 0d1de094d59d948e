"""One card at two gates within impossible time: staff are asked, and the pupil is not called absent for it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.attendance.ingest import ingest
from cloud.attendance.queries.doubts import CardUse, card_uses_on
from cloud.attendance.queries.presence import days_of
from cloud.attendance.reading import Delivery
from cloud.attendance.rules import CARD_TRAVEL, copies
from cloud.kit.db import Database
from edge.contract import Method, Outcome
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, sighting, small_school

TODAY = date(2026, 11, 16)
LAN = UUID(int=1)


def use(second: float, device: str = "gate-1", student: UUID = LAN) -> CardUse:
    return CardUse(student, "Lan", MORNING + timedelta(seconds=second), device, device)


def test_one_card_at_two_gates_at_the_same_time_is_a_copy() -> None:
    assert copies([use(0), use(10, "gate-2")]) == ((use(0), use(10, "gate-2")),)


@pytest.mark.parametrize(
    "uses",
    [
        [use(0), use(10)],
        [use(0), use(CARD_TRAVEL.total_seconds(), "gate-2")],
        [use(0), use(10, "gate-2", UUID(int=2))],
        [],
    ],
    ids=["twice at one gate", "long enough to walk", "two pupils", "nobody"],
)
def test_what_one_card_can_do_is_no_copy(uses: list[CardUse]) -> None:
    assert copies(uses) == ()


@given(st.lists(st.builds(use, st.integers(0, 300), st.sampled_from(["gate-1", "gate-2"])), max_size=12), st.randoms())
def test_the_order_in_which_they_come_does_not_matter(uses: list[CardUse], shuffle) -> None:
    mixed = list(uses)
    shuffle.shuffle(mixed)
    assert copies(mixed) == copies(uses)


@pytest.fixture
def school(database: Database) -> SmallSchool:
    return small_school(database)


def send(database: Database, device: str, method: Method, person: UUID | None, second: float) -> None:
    at = MORNING + timedelta(seconds=second)
    shown = sighting(int(second) + 1, person, at=at).model_copy(update={"method": method})
    now = datetime(2026, 11, 16, 5, tzinfo=UTC)
    ingest(database, [Delivery(device, batch(shown, device=device))], clock=lambda: now, window=WINDOW)


def test_cards_are_compared_across_units_and_faces_are_not(database: Database, school: SmallSchool) -> None:
    send(database, "gate-1", Method.QR, school.lan, 0)
    send(database, "gate-2", Method.CARD, school.lan, 5)
    send(database, "gate-1", Method.FACE, school.minh, 6)
    send(database, "gate-2", Method.QR, school.minh, 8)
    send(database, "other-gate", Method.QR, school.stranger, 3)
    with database.reading() as session:
        found = copies(card_uses_on(session, school.id, TODAY))
        assert [(first.device_name, second.device_name, second.student_id) for first, second in found] == [
            ("gate-1", "gate-2", school.lan)
        ]
        assert days_of(session, [school.lan], TODAY)[school.lan].first_in_at == MORNING


def test_a_refused_card_is_nobodys_use(database: Database, school: SmallSchool) -> None:
    send(database, "gate-1", Method.QR, school.lan, 0)
    refused = sighting(9, None, at=MORNING, outcome=Outcome.REFUSED, candidates=(str(school.lan),))
    delivery = Delivery("gate-2", batch(refused.model_copy(update={"method": Method.QR}), device="gate-2"))
    ingest(database, [delivery], clock=lambda: MORNING, window=WINDOW)
    with database.reading() as session:
        assert len(card_uses_on(session, school.id, TODAY)) == 1
