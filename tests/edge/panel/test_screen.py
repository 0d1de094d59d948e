"""The screen at the gate, in a real browser: what people read there."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from edge.contract import Outcome
from edge.store.live import Hint, LiveView, Outline
from tests.edge.panel.conftest import Unit

Start = Callable[..., str]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 480})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert complaints == []


@pytest.mark.browser
def test_who_is_recognised_is_greeted_by_given_name(unit: Unit, start_panel: Start, page: Page) -> None:
    page.goto(start_panel())
    expect(page.locator("#vi")).to_have_text("Mời nhìn vào camera")
    unit.sees("hs-1")
    expect(page.locator("#name")).to_have_text("Ánh")
    expect(page.locator("main")).to_have_attribute("data-kind", "welcome")


@pytest.mark.browser
@pytest.mark.parametrize(("greeting", "shown"), [("initials", "N. T. Á."), ("none", "")])
def test_a_school_decides_how_names_are_shown(
    unit: Unit, start_panel: Start, page: Page, greeting: str, shown: str
) -> None:
    page.goto(start_panel(panel_greeting=greeting))
    unit.sees("hs-1")
    expect(page.locator("main")).to_have_attribute("data-kind", "welcome")
    expect(page.locator("#name")).to_have_text(shown)


@pytest.mark.browser
def test_a_fever_looks_like_any_other_reason_to_see_a_teacher(unit: Unit, start_panel: Start, page: Page) -> None:
    page.goto(start_panel())
    unit.sees("hs-2", temperature_c=38.4)
    expect(page.locator("#vi")).to_have_text("Mời gặp thầy cô")
    expect(page.locator("main")).to_have_attribute("data-kind", "ask")
    expect(page.locator("#name")).to_have_text("")
    assert "38" not in page.inner_text("main")
    assert "hiệt" not in page.inner_text("main")


@pytest.mark.browser
def test_doubt_names_nobody(unit: Unit, start_panel: Start, page: Page) -> None:
    page.goto(start_panel())
    for outcome in (Outcome.ASK, Outcome.REFUSED):
        unit.sees(None, outcome)
        expect(page.locator("#vi")).to_have_text("Mời gặp thầy cô")
        expect(page.locator("#name")).to_have_text("")


@pytest.mark.browser
def test_who_stands_too_far_away_is_asked_to_come_closer(unit: Unit, start_panel: Start, page: Page) -> None:
    page.goto(start_panel())
    unit.live.write(LiveView((Outline(0.1, 0.2, 0.2, 0.3),), Hint.COME_CLOSER), unit.clock)
    expect(page.locator("#vi")).to_have_text("Mời lại gần hơn")


@pytest.mark.browser
def test_the_badge_says_that_the_unit_is_offline_and_what_waits(unit: Unit, start_panel: Start, page: Page) -> None:
    page.goto(start_panel())
    expect(page.locator("#badge")).to_be_hidden()
    unit.sees("hs-1")
    unit.connection.execute("DELETE FROM uplink_signs")
    expect(page.locator("#badge")).to_have_text("Ngoại tuyến, 1 chờ gửi")


@pytest.mark.browser
def test_the_badge_says_what_has_become_of_the_disk(start_panel: Start, page: Page) -> None:
    url = start_panel()
    screen = httpx.get(f"{url}/screen").json()
    assert screen["disk"] == "ok"
    now: dict[str, object] = {"disk": "full"}
    page.route("**/screen", lambda route: route.fulfill(json={**screen, **now}))
    page.goto(url)
    expect(page.locator("#badge")).to_have_text("Bộ nhớ đầy")
    now.update(disk="read_only", online=False, backlog=123456)
    expect(page.locator("#badge")).to_have_text("Bộ nhớ hỏng · Ngoại tuyến, 123456 chờ gửi")
    assert page.evaluate("document.documentElement.scrollWidth") == 800


def test_a_greeting_outlives_its_row_in_the_outbox(unit: Unit, start_panel: Start) -> None:
    address = start_panel()
    seq = unit.sees("hs-1")
    unit.outbox.release([seq])
    assert [one["name"] for one in httpx.get(f"{address}/screen").json()["happenings"]] == ["Ánh"]


def test_names_are_sealed_on_the_card(unit: Unit) -> None:
    unit.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "Dương".encode() not in (unit.data_dir / "unit.db").read_bytes()


def test_a_site_of_the_internet_does_not_reach_the_panel(unit: Unit, start_panel: Start) -> None:
    address = start_panel()
    assert httpx.get(f"{address}/screen").status_code == 200
    assert httpx.get(f"{address}/screen", headers={"host": "evil.example"}).status_code == 403
    assert httpx.post(f"{address}/guard/unlock", headers={"origin": "http://evil.example"}, json={}).status_code == 403


@pytest.mark.parametrize("path", ["/static/../guard.py", "/static/%2e%2e/guard.py", "/nothing", "/static/"])
def test_there_is_nothing_else_to_read(shared_panel: str, path: str) -> None:
    assert httpx.get(f"{shared_panel}{path}").status_code == 404


def test_the_metrics_are_numbers_without_persons(unit: Unit, start_panel: Start) -> None:
    unit.sees("hs-1")
    text = httpx.get(f"{start_panel()}/metrics").text
    values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert values["diemdanh_backlog_events"] == "1"
    assert values["diemdanh_camera_up"] == "1.0"
    assert float(values["diemdanh_cloud_silent_seconds"]) < 60
    assert int(values["diemdanh_disk_free_bytes"]) > 0
    assert values["diemdanh_liveness_on"] == "0.0"
    assert (values["diemdanh_disk_writable"], values["diemdanh_damaged_databases"]) == ("1.0", "0")
    assert "hs-1" not in text
