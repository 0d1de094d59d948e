"""An administrator's morning in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cloud.kit.web import stream
from tests.browser.conftest import Visit
from tests.cloud.pages.people import House
from tests.cloud.small_school import MORNING, sighting

pytestmark = pytest.mark.browser


def test_an_arrival_appears_without_a_reload_and_above_the_earlier_one(house: House, visit: Visit) -> None:
    house.report(sighting(1, house.school.lan, at=MORNING))
    page = visit("alice", "/schools/a")
    expect(page.locator(".feed li")).to_have_count(1)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("html[data-live=on]")).to_have_count(1)

    house.report(sighting(2, house.school.minh, at=MORNING + timedelta(seconds=30)))

    rows = page.locator(".feed li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Trần Văn Minh")
    expect(rows.nth(1)).to_contain_text("Nguyễn Thị Lan")
    expect(page.locator(".count strong")).to_have_text("2")
    expect(page.locator(".grades .num")).to_have_text("2/2")
    assert page.evaluate("window.neverReloaded")


def test_what_the_reader_does_is_not_disturbed_by_an_arrival(house: House, visit: Visit) -> None:
    house.report(sighting(1, house.school.lan, at=MORNING))
    page = visit("alice", "/schools/a")
    page.focus(f"#a-{house.school.lan} a")
    house.report(sighting(2, house.school.minh, at=MORNING + timedelta(seconds=30)))
    expect(page.locator(".feed li")).to_have_count(2)
    assert page.evaluate("document.activeElement.textContent") == "Nguyễn Thị Lan"


def test_the_page_says_everything_without_scripts(house: House, visit: Visit) -> None:
    house.report(sighting(1, house.school.lan, at=MORNING))
    page = visit("alice", "/schools/a", java_script_enabled=False)
    expect(page.locator(".feed li")).to_contain_text("Nguyễn Thị Lan")
    expect(page.locator(".count strong")).to_have_text("1")
    expect(page.get_by_text("Chưa từng báo về").first).to_be_visible()


def test_a_page_left_open_leads_to_the_login_when_the_session_ends(
    house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TICK_S", 0.2)
    page = visit("alice", "/schools/a")
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    house.clock.now += timedelta(hours=13)
    page.wait_for_url("**/login?next=/schools/a")


def test_a_name_that_contains_markup_stays_a_name(house: House, visit: Visit) -> None:
    with house.database.writing() as session:
        from cloud.people.tables import Student

        session.get_one(Student, house.school.lan).full_name = '<img src=x onerror="document.title=1"> & Lan'
    page = visit("alice", "/schools/a")
    house.report(sighting(1, house.school.lan, at=MORNING))
    expect(page.locator(".feed li")).to_contain_text('<img src=x onerror="document.title=1"> & Lan')
    assert page.locator(".feed img").count() == 0


def test_a_page_whose_stream_could_not_begin_comes_back_by_itself(house: House, visit: Visit) -> None:
    page = visit("alice", "/login")
    page.route("**/live?*", lambda route: route.abort(), times=1)
    page.goto("/schools/a")
    expect(page.locator("html[data-live=off]")).to_have_count(1)
    expect(page.get_by_text("Đang nối lại…")).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_have_count(1, timeout=20_000)
