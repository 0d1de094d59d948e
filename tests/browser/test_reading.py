"""The frame of every page, from the keyboard. What each page itself is held to: test_every_page.py."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, sighting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    """One for all: here pages are only looked at."""
    database = open_migrated(f"sqlite:///{tmp_path_factory.mktemp('house')}/cloud.sqlite3")
    with open_house(database) as house:
        house.report(sighting(1, house.school.lan, at=MORNING))
        yield house
    database.close()


def test_the_keyboard_goes_through_the_bar_in_its_order(house: House, visit: Visit) -> None:
    page = visit("alice", "/schools/a")
    reached = [_next(page) for _ in range(7)]
    assert reached == ["Đến nội dung chính", "Điểm danh", "VI", "EN", "Tài khoản", "Đăng xuất", "Hôm nay"]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_the_school_is_two_presses_away(house: House, visit: Visit, width: int, scripts: bool) -> None:
    page = visit("alice", "/schools/a/members", viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    nav = page.get_by_role("navigation", name="Các trang của trường")
    nav.locator("summary", has_text="Hồ sơ").focus()
    page.keyboard.press("Enter")
    expect(nav.get_by_role("link", name="Thẻ")).to_be_in_viewport()
    nav.get_by_text("Quản trị").click()
    expect(nav.get_by_role("link", name="Thẻ")).to_be_hidden()
    expect(nav.get_by_role("link", name="Người dùng")).to_have_attribute("aria-current", "page")
    if scripts:
        page.keyboard.press("Escape")
        expect(nav.get_by_role("link", name="Người dùng")).to_be_hidden()
    else:
        page.mouse.click(width - 20, 200)
        expect(nav.get_by_role("link", name="Người dùng")).to_be_hidden()
    nav.get_by_text("Hồ sơ").click()
    nav.get_by_role("link", name="Thẻ").click()
    expect(page).to_have_url(f"{house.url}/schools/a/cards")


def test_the_keyboard_may_skip_the_bar(house: House, visit: Visit) -> None:
    page = visit("alice", "/schools/a")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def _next(page: Page) -> str:
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") != "none", "focus is not visible"
    return str(focused.evaluate("one => (one.querySelector('abbr') ?? one).innerText.trim()"))
