"""A parent's pages as an app on a phone: it may be installed, shows what was seen when there is no network, and nothing
of it once the log-in has ended."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cloud.accounts import queries as accounts
from cloud.accounts.tables import User
from cloud.notifications.vapid import new_private_key
from cloud.people.tables import StudentLogin
from tests.browser.conftest import Visit
from tests.cloud.migrated import Open
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.small_school import MORNING, sighting
from tests.services.waiting import eventually

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
AN_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path_factory.mktemp('app')}/cloud.sqlite3")
    with open_house(database, vapid_private_key=new_private_key()) as house:
        house.report(sighting(1, house.school.lan, at=MORNING))
        with database.writing() as session:
            of_bob = session.scalars(select(User.password_hash).where(User.id == house.school.bob.user_id)).one()
            lan = accounts.add_user(session, login="lan", display_name="Lan", password_hash=of_bob, locale="vi")
            session.add(StudentLogin(student_id=house.school.lan, user_id=lan.id))
        yield house
    database.close()


def seen(page: Page) -> list[str]:
    """The addresses that the phone has kept for this log-in."""
    return list(
        page.evaluate(
            """caches.open("seen").then((cache) => cache.keys())
            .then((all) => all.map((one) => new URL(one.url).pathname).filter((one) => one !== "/kept-for"))"""
        )
    )


def with_the_app(visit: Visit, login: str = "bob") -> Page:
    """On the page of their children, which is kept by now."""
    page = visit(login, "/children", **PHONE)
    eventually(lambda: (page.wait_for_timeout(20), "/children" in seen(page))[1])
    return page


def log_in(page: Page, login: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").tap()


def test_chromium_finds_nothing_that_keeps_it_from_being_installed(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    tools = page.context.new_cdp_session(page)
    manifest = tools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A profile of a test is like a private window, in which Chromium installs nothing.
    assert [one["errorId"] for one in found if one["errorId"] != "in-incognito"] == []


def test_the_browsers_offer_is_held_until_the_parent_asks_for_it(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    button = page.get_by_role("button", name="Đưa ra màn hình chính")
    expect(button).to_be_hidden()
    page.evaluate("""() => {
      const offer = new Event("beforeinstallprompt", { cancelable: true });
      offer.prompt = async () => { window.asked = true; };
      offer.userChoice = Promise.resolve({ outcome: "accepted" });
      window.held = !dispatchEvent(offer);
    }""")
    button.tap()
    expect(button).to_be_hidden()
    assert page.evaluate("[window.held, window.asked]") == [True, True]


def test_an_iphone_is_shown_the_way_to_the_home_screen_until_it_is_there(house: House, visit: Visit) -> None:
    page = visit("bob", "/children", user_agent=AN_IPHONE, **PHONE)
    steps = page.get_by_role("listitem").filter(has_text="Thêm vào MH chính")
    expect(steps).to_be_visible()
    expect(page.get_by_text("iOS 16.4 trở lên")).to_be_visible()
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: true })")
    page.reload()
    expect(page.locator("#install")).to_be_hidden()


def test_without_a_network_what_was_seen_is_shown_with_its_time(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    page.get_by_role("link", name="Theo tháng", exact=True).tap()
    expect(page).to_have_url(re.compile("/calendar$"))
    eventually(lambda: (page.wait_for_timeout(20), len(seen(page)) == 2)[1])
    page.context.set_offline(True)
    page.goto("/children")
    expect(page.locator(".clock")).to_have_text("07:07")
    said = page.get_by_role("status").filter(has_text="Không có mạng. Đây là bản xem lúc")
    expect(said).to_be_visible()
    expect(said).to_have_text(re.compile(r"\d\d:\d\d\.$"))
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the style sheet was kept, too"
    page.get_by_role("link", name="Theo tháng", exact=True).tap()
    expect(page).to_have_url(re.compile("/calendar$"))
    expect(page.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()
    page.goto("/messages")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
    page.get_by_role("link", name="Xem bản đã mở lần trước").tap()
    expect(said).to_be_visible()
    page.context.set_offline(False)
    expect(said).to_be_hidden(timeout=20_000)


@pytest.mark.parametrize("login", ["bob", "lan"])
def test_from_the_home_screen_one_comes_to_what_was_seen_without_a_network_too(
    house: House, visit: Visit, login: str
) -> None:
    page = visit(login, "/", **PHONE)
    at_home = urlsplit(page.url).path
    assert at_home == {"bob": "/children", "lan": f"/students/{house.school.lan}"}[login]
    eventually(lambda: (page.wait_for_timeout(20), at_home in seen(page))[1])
    page.context.set_offline(True)
    page.goto("/?from=home-screen")
    assert urlsplit(page.url).path == at_home
    expect(page.get_by_role("status").filter(has_text="Không có mạng. Đây là bản xem lúc")).to_be_visible()
    page.goto("/news")
    page.get_by_role("link", name="Xem bản đã mở lần trước").tap()
    expect(page).to_have_url(re.compile(f"{at_home}$"))


def test_after_the_log_out_nothing_is_left_on_the_phone(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    page.get_by_role("navigation").get_by_text("Thêm").tap()
    page.get_by_role("button", name="Đăng xuất").tap()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert seen(page) == []
    page.context.set_offline(True)
    page.goto("/children")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
    assert "Lan" not in page.content()


def test_who_logs_in_next_sees_their_own_and_nothing_of_the_one_before(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    page.context.clear_cookies()
    assert "/children" in seen(page)
    page.goto("/children")
    assert seen(page) == [], "the service has said that the log-in is over"
    log_in(page, "erin")
    expect(page.get_by_role("heading", name="Trần Văn Minh")).to_be_visible()
    eventually(lambda: (page.wait_for_timeout(20), "/children" in seen(page))[1])
    page.context.set_offline(True)
    page.goto("/children")
    expect(page.get_by_role("heading", name="Trần Văn Minh")).to_be_visible()
    page.goto(f"/students/{house.school.lan}/calendar")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()


def test_a_log_in_that_another_replaced_without_a_log_out_leaves_nothing(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    page.goto(f"/students/{house.school.lan}/calendar")
    form = {"login": "erin", "password": PASSWORD}
    assert page.context.request.post("/login", form=form, max_redirects=0).status == 303
    page.goto("/children")
    expect(page.get_by_role("heading", name="Trần Văn Minh")).to_be_visible()
    assert seen(page) == ["/children"]


def test_a_session_that_was_ended_elsewhere_is_forgotten_at_the_next_look(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    with house.database.writing() as session:
        accounts.end_own_sessions(session, house.school.bob.user_id, keep="")
    page.reload()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert seen(page) == []
    page.context.set_offline(True)
    page.goto("/children")
    assert "Lan" not in page.content()


def test_pages_of_staff_are_never_kept(house: House, visit: Visit) -> None:
    page = with_the_app(visit)
    form = {"login": "alice", "password": PASSWORD}
    assert page.context.request.post("/login", form=form, max_redirects=0).status == 303
    page.goto("/schools/a")
    page.goto("/account")
    assert [one for one in seen(page) if one != "/children"] == []
    page.context.set_offline(True)
    page.goto("/schools/a")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
