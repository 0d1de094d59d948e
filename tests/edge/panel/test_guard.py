"""The guard's view: a PIN, a tap, an undo, and an event like any other."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from edge.contract import Method, Outcome, Sighting
from edge.errors import Misconfigured
from edge.panel.guard import AT_ONCE, IDLE_S, Guard, set_pin
from edge.store import held
from tests.edge.panel.conftest import PIN, Unit
from tests.services.waiting import eventually

Start = Callable[..., str]


class Hands:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def waiting(unit: Unit) -> list[Sighting]:
    return unit.outbox.read(after=0, upto=unit.outbox.last_seq(), limit=100)


@pytest.mark.browser
def test_a_guard_checks_somebody_in_and_takes_it_back(unit: Unit, start_panel: Start, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 480})
    page.goto(f"{start_panel()}/guard")
    for digit in PIN:
        page.click(f'#keys >> text="{digit}"')
    page.click('#keys >> text="OK"')
    expect(page.locator("#classes button")).to_have_text(["1A", "2B"])
    expect(page.locator("#people button")).to_have_text(["Nguyễn Thị Ánh", "Trần Văn Bình"])

    page.click('#people >> text="Trần Văn Bình"')
    expect(page.locator("#done")).to_have_text("Đã điểm danh Trần Văn Bình")
    assert [one.person for one in held.waiting(unit.connection, unit.clock)] == ["hs-2"]
    page.click("#take-back")
    expect(page.locator("#people .marked")).to_have_count(0)
    eventually(lambda: held.waiting(unit.connection, unit.clock) == [])
    assert waiting(unit) == []
    page.close()


def test_what_is_not_taken_back_is_recorded_with_the_time_of_the_tap(unit: Unit) -> None:
    tapped = unit.clock.reading()
    held.hold(unit.connection, "hs-2", unit.clock)
    assert held.release_due(unit.connection, unit.outbox, unit.clock, None) == 0
    unit.connection.execute("UPDATE held SET monotonic_ms = monotonic_ms - 10001")
    assert held.release_due(unit.connection, unit.outbox, unit.clock, None) == 1

    (sighting,) = waiting(unit)
    assert (sighting.person, sighting.method, sighting.outcome) == ("hs-2", Method.MANUAL, Outcome.IDENTIFIED)
    assert sighting.clock.boot_id == tapped.boot_id
    assert held.release_due(unit.connection, unit.outbox, unit.clock, None) == 0


def test_a_tap_survives_a_power_cut_and_is_recorded_at_the_next_start(unit: Unit, start_panel: Start) -> None:
    held.hold(unit.connection, "hs-2", unit.clock)
    unit.connection.execute("UPDATE held SET boot_id = '00000000-0000-4000-8000-000000000000'")
    start_panel()
    eventually(lambda: [one.person for one in waiting(unit)] == ["hs-2"])


def test_too_late_to_undo_is_said(unit: Unit, start_panel: Start) -> None:
    with httpx.Client(base_url=start_panel()) as guard:
        assert guard.post("/guard/unlock", json={"pin": PIN}).status_code == 200
        assert guard.post("/guard/undo", json={"held": 4711}).json() == {"undone": False}


def test_somebody_who_is_not_on_the_list_is_refused(unit: Unit, start_panel: Start) -> None:
    with httpx.Client(base_url=start_panel()) as guard:
        guard.post("/guard/unlock", json={"pin": PIN})
        answer = guard.post("/guard/mark", json={"person": "hs-999"})
    assert answer.status_code == 422
    assert "not on this unit's list" in answer.json()["problem"]


@pytest.mark.parametrize(
    "path", ["/guard/mark", "/guard/undo", "/guard/lock", "/guard/assign", "/guard/dismiss", "/guard/take-back"]
)
def test_without_the_pin_nothing_can_be_changed_or_read(shared_unit: Unit, shared_panel: str, path: str) -> None:
    address = shared_panel
    assert httpx.post(f"{address}{path}", json={"person": "hs-1"}).status_code == 403
    answer = httpx.get(f"{address}/guard/list", headers={"cookie": "guard=guessed"})
    assert answer.status_code == 403
    assert "Ánh" not in answer.text
    for private in ("/guard/waiting", "/guard/face/1.jpg"):
        assert httpx.get(f"{address}{private}", headers={"cookie": "guard=guessed"}).status_code == 403
    assert held.waiting(shared_unit.connection, shared_unit.clock) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"[" * 4000, b"{" + b" " * 5000 + b"}"])
def test_a_bad_body_is_refused_and_the_panel_lives(shared_panel: str, body: bytes) -> None:
    assert httpx.post(f"{shared_panel}/guard/unlock", content=body).status_code == 400
    assert httpx.get(f"{shared_panel}/screen").status_code == 200


def test_guessing_gets_slower_and_the_right_pin_has_to_wait_too(tmp_path: Path) -> None:
    hands = Hands()
    set_pin(tmp_path, PIN)
    guard = Guard(tmp_path, hands)
    for _ in range(AT_ONCE):
        assert guard.unlock("000000") is None
    assert guard.unlock(PIN) is None
    first = guard.wait_s()
    hands.seconds += first
    assert guard.unlock("000000") is None
    assert guard.wait_s() == 2 * first
    hands.seconds += guard.wait_s()
    assert guard.unlock(PIN) is not None


def test_an_open_view_closes_by_itself(tmp_path: Path) -> None:
    hands = Hands()
    set_pin(tmp_path, PIN)
    guard = Guard(tmp_path, hands)
    token = guard.unlock(PIN)
    assert token is not None
    hands.seconds += IDLE_S - 1
    assert guard.is_open(token)
    hands.seconds += IDLE_S - 1
    assert guard.is_open(token)
    hands.seconds += IDLE_S - 1
    assert guard.is_open(token, acting=False), "a page that looks by itself does not keep it open"
    hands.seconds += 2
    assert not guard.is_open(token)
    token = guard.unlock(PIN)
    assert token is not None
    hands.seconds += IDLE_S + 1
    assert not guard.is_open(token)


@pytest.mark.parametrize("pin", ["", "12345", "111111", "12345a", "١٢٣٤٥٦x"])
def test_a_weak_pin_is_refused(tmp_path: Path, pin: str) -> None:
    with pytest.raises(Misconfigured):
        set_pin(tmp_path, pin)
