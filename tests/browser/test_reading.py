"""Every page can be read: by its weight, its contrast, its width, from the keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cloud import migrations
from cloud.kit.db import open_database
from tests.browser.conftest import Visit
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, sighting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all: here pages are only looked at."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('house')}/cloud.sqlite3")
    migrations.upgrade(database)
    with open_house(database) as house:
        house.report(sighting(1, house.school.lan, at=MORNING))
        yield house
    database.close()


PAGES = (
    (None, "/login"),
    ("alice", "/schools/a"),
    ("bob", "/account"),
    ("bob", "/account/second-step"),
    ("bob", "/children"),
    ("bob", "/students/{lan}"),
    ("bob", "/children/{lan}/consent"),
    ("alice", "/schools/a/meals"),
    ("alice", "/schools/a/meals/pupils"),
    ("bob", "/students/{lan}/meals"),
    ("alice", "/schools/a/pick-up/{lan}"),
    ("bob", "/children/{lan}/pick-up"),
    ("alice", "/schools/a/consent"),
    ("alice", "/consent/students/{lan}"),
    ("alice", "/schools/a/pupils"),
    ("alice", "/schools/a/pupils/{lan}"),
    ("alice", "/schools/a/exchange"),
    ("alice", "/schools/a/staff"),
    ("alice", "/schools/a/calendar"),
    ("alice", "/schools/a/bells"),
    ("bob", "/none"),
)
MEASURE_CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_first_visit_loads_at_most_100_kilobytes(house: House, visit: Visit, login: str | None, path: str) -> None:
    """All that the page waits for, as the browser unpacks it; on the way it is smaller still."""
    page = visit(login, path.format(lan=house.school.lan))
    sizes = page.evaluate("""["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type))
        .filter((one) => !one.name.includes("/live?")).map((one) => [one.name, one.decodedBodySize])""")
    assert sum(size for _, size in sizes) <= 100_000, sizes
    assert len(sizes) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("login", "path"), PAGES)
def test_text_stands_out_from_its_ground(house: House, visit: Visit, login: str | None, path: str, scheme: str) -> None:
    """WCAG 2.2, 1.4.3 (AA): 4.5 to 1, or 3 to 1 for large text."""
    page = visit(login, path.format(lan=house.school.lan), color_scheme=scheme, reduced_motion="reduce")
    assert page.evaluate(MEASURE_CONTRAST) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize(("login", "path"), PAGES)
def test_nothing_has_to_be_scrolled_sideways(
    house: House, visit: Visit, login: str | None, path: str, width: int
) -> None:
    page = visit(login, path.format(lan=house.school.lan), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_everything_and_shows_where_it_is(house: House, visit: Visit) -> None:
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


def test_every_field_has_a_label_and_every_page_one_first_heading(house: House, visit: Visit) -> None:
    for login, path in PAGES:
        page = visit(login, path.format(lan=house.school.lan))
        assert page.locator("h1").count() == 1
        fields = page.locator("input:not([type=hidden])")
        assert fields.evaluate_all("all => all.filter(one => !one.labels.length).length") == 0
