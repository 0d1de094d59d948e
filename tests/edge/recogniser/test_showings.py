from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import apsw
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.clock import SystemClock
from edge.contract import ClockReading, Direction, Method, Sighting
from edge.contract.cards import Card, print_card
from edge.errors import Unavailable
from edge.hardware.fake import FakeIndicator
from edge.hardware.ports import Signal
from edge.hardware.readers.fake import FakeReader
from edge.hardware.readers.listening import listen
from edge.hardware.readers.port import Presented
from edge.recogniser.feedback import Feedback
from edge.recogniser.showings import Showings
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect
from edge.store.outbox import Outbox
from tests.services.waiting import eventually

SCHOOL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CARD = print_card(Card(key_id=1, serial=42, valid_until=date(2060, 8, 31), person="hs-1"), SCHOOL.sign)
BOOK = "9786043"


class Hands(SystemClock):
    """A clock that the test sets."""

    def __init__(self, now: datetime, *, trusted: bool = True) -> None:
        super().__init__()
        self._set, self._is_trusted = now, trusted

    def now(self) -> datetime:
        return self._set

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=UUID(int=1), monotonic_ms=10_000_000, trusted=self._is_trusted)


@pytest.fixture
def database(tmp_path: Path) -> apsw.Connection:
    connection = connect(tmp_path)
    credentials = Credentials(connection)
    credentials.trust(1, SCHOOL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    credentials.give(Credential(Method.CARD, "0004512345", "hs-2"))
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-3"))
    return connection


def recorded(database: apsw.Connection) -> list[Sighting]:
    return Outbox(database, SystemClock()).read(after=0, upto=2**62, limit=100)


def showings(tmp_path: Path, indicator: FakeIndicator | None = None, **options) -> Showings:
    clock = options.pop("clock", SystemClock())
    return Showings(
        tmp_path, Feedback([indicator or FakeIndicator()]), clock, Direction.IN, **({"window_s": 60} | options)
    )


def at(second: float, text: str | None = CARD, method: Method = Method.QR) -> Presented:
    return Presented(method, text, "reader", second)


def test_every_way_of_being_marked_becomes_the_same_event(tmp_path: Path, database: apsw.Connection):
    indicator = FakeIndicator()
    readers = {method: FakeReader(method, method) for method in (Method.QR, Method.CARD, Method.FINGERPRINT)}
    with showings(tmp_path, indicator) as desk, listen(list(readers.values()), desk.hear):
        for method, text in ((Method.QR, CARD), (Method.CARD, "0004512345"), (Method.FINGERPRINT, "7")):
            readers[method].show(text)
        eventually(lambda: len(indicator.shown) == 3)
    events = recorded(database)
    assert {(event.method, event.person) for event in events} == {
        (Method.QR, "hs-1"), (Method.CARD, "hs-2"), (Method.FINGERPRINT, "hs-3"),
    }  # fmt: skip
    assert {(event.outcome, event.direction, event.clock.trusted) for event in events} == {("identified", "in", True)}
    assert indicator.shown == [Signal.OK] * 3


def test_what_was_heard_before_leaving_is_recorded(tmp_path: Path, database: apsw.Connection):
    with showings(tmp_path) as desk:
        desk.hear(at(1.0))
        desk.hear(at(1.0, "0004512345", Method.CARD))
    assert len(recorded(database)) == 2


def test_the_same_person_again_within_the_window_is_thanked_and_not_recorded(tmp_path: Path, database: apsw.Connection):
    indicator = FakeIndicator()
    with showings(tmp_path, indicator) as desk:
        for second in (100.0, 110.0, 150.0, 300.0):
            desk.hear(at(second))
    assert len(recorded(database)) == 2
    assert indicator.shown == [Signal.OK] * 4


def test_a_code_that_is_none_of_ours_leaves_no_trace(tmp_path: Path, database: apsw.Connection):
    indicator = FakeIndicator()
    with showings(tmp_path, indicator) as desk:
        desk.hear(at(1.0, BOOK))
    assert recorded(database) == []
    assert indicator.shown == []


def test_a_forged_card_is_recorded_as_refused_without_a_name(tmp_path: Path, database: apsw.Connection):
    indicator = FakeIndicator()
    forged = print_card(Card(1, 42, date(2060, 8, 31), "hs-1"), lambda body: bytes(64))
    with showings(tmp_path, indicator) as desk:
        desk.hear(at(1.0, forged))
    (event,) = recorded(database)
    assert (event.outcome, event.person, event.candidates) == ("refused", None, ())
    assert indicator.shown == [Signal.REFUSE]


def test_a_card_that_the_face_contradicts_asks_staff(tmp_path: Path, database: apsw.Connection):
    indicator = FakeIndicator()
    with showings(tmp_path, indicator, before_the_camera=lambda: (frozenset({"hs-9"}),)) as desk:
        desk.hear(at(1.0))
    (event,) = recorded(database)
    assert (event.outcome, event.person, event.candidates) == ("ask", None, ("hs-1", "hs-9"))
    assert indicator.shown == [Signal.ASK]


@pytest.mark.parametrize(
    ("now", "trusted", "outcome"),
    [
        # Midnight in Vietnam is 17:00 UTC.
        (datetime(2060, 8, 31, 16, 59, tzinfo=UTC), True, "identified"),
        (datetime(2060, 8, 31, 17, 1, tzinfo=UTC), True, "refused"),
        (datetime(2060, 9, 30, tzinfo=UTC), False, "identified"),
    ],
)
def test_a_card_ends_with_its_last_day_in_vietnam(
    tmp_path: Path, database: apsw.Connection, now: datetime, trusted: bool, outcome: str
):
    with showings(tmp_path, clock=Hands(now, trusted=trusted)) as desk:
        desk.hear(at(1.0))
    (event,) = recorded(database)
    assert (event.outcome, event.clock.trusted) == (outcome, trusted)


def test_a_full_disk_tells_nobody_that_they_are_recorded_and_what_was_shown_is_written_later(
    tmp_path: Path, database: apsw.Connection, monkeypatch: pytest.MonkeyPatch
):
    real, failures = Outbox.append_within, iter([True])

    def append_within(self: Outbox, sighting: Callable[[int], Sighting]) -> Sighting:
        if next(failures, False):
            raise Unavailable("disk full")
        return real(self, sighting)

    monkeypatch.setattr(Outbox, "append_within", append_within)
    indicator = FakeIndicator()
    with showings(tmp_path, indicator) as desk:
        desk.hear(at(1.0))
        desk.hear(at(2.0))
    assert indicator.shown == [Signal.REFUSE, Signal.OK]
    # Both showings, each with its own time; the service counts them as one passage.
    assert [event.person for event in recorded(database)] == ["hs-1", "hs-1"]


def test_the_log_knows_no_names_and_no_cards(
    tmp_path: Path, database: apsw.Connection, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    with showings(tmp_path) as desk:
        desk.hear(at(1.0))
        desk.hear(at(1.0, "0004512345", Method.CARD))
        desk.hear(at(1.0, BOOK))
    assert len(caplog.records) >= 3
    for secret in ("hs-1", "hs-2", "0004512345", CARD[:20], BOOK):
        assert secret not in caplog.text
