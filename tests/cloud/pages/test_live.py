"""Open pages hear of what happens, each of what is theirs, and fall silent with their session."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from cloud.kit.web import stream
from cloud.people.tables import Student
from edge.contract import Method
from tests.cloud.pages.people import House
from tests.cloud.small_school import MORNING, sighting

FIRST = MORNING
LATER = MORNING + timedelta(minutes=10)


class Listening:
    """A stream as its events, read one by one; waiting for one that does not come ends in a timeout."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self._lines = response.iter_lines()

    def next(self) -> dict[str, str]:
        event: dict[str, str] = {}
        for line in self._lines:
            if line.startswith(":"):
                continue
            if not line and event:
                return event
            field, _, value = line.partition(": ")
            event[field] = event[field] + "\n" + value if field in event else value
        return {"event": "closed"}


@contextmanager
def listening(client: httpx.Client, url: str, last_event_id: str | None = None) -> Iterator[Listening]:
    headers = {"last-event-id": last_event_id} if last_event_id else {}
    with client.stream("GET", url, headers=headers, timeout=20) as response:
        yield Listening(response)


def live_url(client: httpx.Client, page: str) -> str:
    """What the page itself would listen to."""
    found = re.search(r'hx-sse:connect="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def test_an_arrival_reaches_the_open_page_of_the_school(house: House) -> None:
    with house.visit("alice") as client, listening(client, live_url(client, "/schools/a")) as events:
        house.report(sighting(1, house.school.lan, at=FIRST))
        event = events.next()
    assert "Nguyễn Thị Lan" in event["data"]
    assert '<strong class="num">1</strong>' in event["data"]
    assert event["id"]


def test_arrivals_stand_in_the_order_of_the_gate_however_they_were_reported(house: House) -> None:
    house.clock.now = LATER
    with house.visit("alice") as client, listening(client, live_url(client, "/schools/a")) as events:
        house.report(sighting(1, house.school.lan, at=LATER))
        events.next()
        house.report(sighting(1, house.school.minh, at=FIRST), device="gate-2")
        event = events.next()
    assert event["data"].index("Nguyễn Thị Lan") < event["data"].index("Trần Văn Minh")


def test_a_parent_hears_of_their_child_and_of_no_other(house: House) -> None:
    with house.visit("bob") as client, listening(client, live_url(client, "/children")) as events:
        house.report(sighting(1, house.school.minh, at=FIRST))
        house.report(sighting(2, house.school.lan, at=FIRST + timedelta(seconds=30)))
        event = events.next()
    assert "Nguyễn Thị Lan" in event["data"]
    assert "07:07" in event["data"]
    assert "Minh" not in event["data"]


def test_a_page_that_has_the_newest_state_is_sent_nothing(house: House) -> None:
    house.report(sighting(1, house.school.lan, at=FIRST))
    with house.visit("bob") as client, listening(client, live_url(client, "/children")) as events:
        house.clock.now += timedelta(minutes=20)
        house.report(sighting(2, house.school.lan, at=FIRST + timedelta(minutes=15)))
        assert "07:22" in events.next()["data"]


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice(house: House) -> None:
    with house.visit("bob") as client:
        url = live_url(client, "/children")
        with listening(client, url) as events:
            house.report(sighting(1, house.school.lan, at=FIRST))
            had = events.next()["id"]
        house.clock.now += timedelta(minutes=20)
        house.report(sighting(2, house.school.lan, at=FIRST + timedelta(minutes=15)))
        with listening(client, url, last_event_id=had) as events:
            missed = events.next()
            assert "07:22" in missed["data"]
        with listening(client, url, last_event_id=missed["id"]) as events:
            house.clock.now += timedelta(minutes=20)
            house.report(sighting(3, house.school.lan, at=FIRST + timedelta(minutes=35)))
            assert "07:42" in events.next()["data"]


def test_only_the_parts_that_changed_are_sent(house: House) -> None:
    with house.visit("alice") as client, listening(client, live_url(client, "/schools/a")) as events:
        house.report(sighting(1, house.school.lan, at=FIRST))
        events.next()
        house.report(sighting(2, house.school.minh, at=FIRST))
        second = events.next()
    assert 'hx-target="#arrivals"' in second["data"]
    assert 'hx-target="#units"' not in second["data"]


def test_a_stream_ends_with_its_session(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.1)
    with house.visit("bob") as client, house.visit("bob") as elsewhere:
        elsewhere.cookies.update(client.cookies)
        with listening(client, live_url(client, "/children")) as events:
            elsewhere.post("/logout")
            assert events.next()["event"] == stream.ENDED
            assert events.next()["event"] == "closed"


def test_what_nothing_tells_of_is_shown_to_a_family_after_some_ticks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.05)
    with house.visit("bob") as client, listening(client, live_url(client, "/children")) as events:
        with house.database.writing() as session:
            session.get_one(Student, house.school.lan).full_name = "Nguyễn Thị Lan Anh"
        assert "Nguyễn Thị Lan Anh" in events.next()["data"]


def test_nothing_is_sent_to_a_session_that_has_expired(house: House) -> None:
    with house.visit("bob") as client, listening(client, live_url(client, "/children")) as events:
        house.clock.now += timedelta(days=91)
        house.report(sighting(1, house.school.lan, at=house.clock.now))
        event = events.next()
    assert event["event"] == stream.ENDED
    assert "Lan" not in event.get("data", "")


def test_a_card_in_two_places_waits_for_a_person(house: House) -> None:
    shown = sighting(1, house.school.lan, at=FIRST).model_copy(update={"method": Method.QR})
    house.report(shown)
    house.report(shown, device="gate-2")
    with house.visit("alice") as client:
        page = client.get("/schools/a").text
    assert "Một thẻ ở hai nơi" in page
    assert "gate-1, gate-2" in page
