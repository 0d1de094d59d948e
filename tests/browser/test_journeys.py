"""A parent's way from the school's letter to P on the register, and a principal's morning, on a phone and on a desk."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from cloud.accounts.tables import RoleGrant
from cloud.attendance import schedule
from cloud.kit import outbox
from cloud.notifications.announce import handlers
from cloud.notifications.sending import send_due
from cloud.notifications.transport import Channel
from cloud.notifications.vapid import new_private_key
from cloud.notifications.web_push import WebPush
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass
from edge.contract import Sighting
from tests.browser.conftest import SIZES, Visit, nothing_sideways
from tests.browser.pushing import deliver, shown, will_subscribe
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import sighting
from tests.services.push import PushService

pytestmark = [pytest.mark.browser, pytest.mark.whole_browser, pytest.mark.long]

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (16, 17, 18))
VAPID = new_private_key()
STREAMED = 300


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    """On Monday at 06:40, with 302 pupils; charlie is the homeroom teacher of 1A."""
    database = open_migrated(f"sqlite:///{tmp_path_factory.mktemp('journeys')}/cloud.sqlite3")
    with open_house(database, vapid_private_key=VAPID) as house:
        with database.writing() as session:
            give_calendar(session, house.school.id)
            session.add(
                RoleGrant(
                    user_id=house.school.charlie.user_id, role="homeroom_teacher", school_id=house.school.id,
                    scope_kind="class", scope_id=house.school.class_id,
                )
            )  # fmt: skip
            big = SchoolClass(school_id=house.school.id, name="2A", grade=2)
            session.add(big)
            session.flush()
            for number in range(STREAMED):
                session.add(
                    Student(
                        school_id=house.school.id, class_id=big.id, code=f"S{number}",
                        full_name=f"Học sinh {number}", search_name=f"hoc sinh {number}",
                    )
                )  # fmt: skip
        house.clock.now = at("06:40")
        yield house
    database.close()


def new_guardian(house: House, name: str) -> None:
    """Another guardian of Lan, who cannot log in yet."""
    with house.database.writing() as session:
        guardian = Guardian(school_id=house.school.id, full_name=name)
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=house.school.lan))


def code_from_the_letter(visit: Visit, name: str) -> str:
    office = visit("alice", "/schools/a/members")
    office.get_by_role("button", name=re.compile("In thư mời.*1A")).click()
    letter = office.get_by_role("article").filter(has_text=name)
    return letter.locator(".printed-code").inner_text()


@pytest.mark.parametrize("size", SIZES)
def test_from_the_schools_letter_to_p_on_the_register(house: House, visit: Visit, push: PushService, size: str) -> None:
    name, day, tomorrow = f"Mẹ Lan ({size})", *{"phone": (MONDAY, TUESDAY), "desk": (TUESDAY, WEDNESDAY)}[size]
    new_guardian(house, name)
    code = code_from_the_letter(visit, name)

    parent = visit(None, "/join", **SIZES[size])
    parent.context.grant_permissions(["notifications"], origin=house.url)
    subscription = push.subscribe()
    will_subscribe(parent, subscription)
    parent.get_by_label("Mã", exact=True).fill(code)
    parent.get_by_role("button", name="Tiếp tục").click()
    parent.get_by_label(re.compile("Tên đăng nhập")).fill(f"me-{size}")
    parent.get_by_label(re.compile("Mật khẩu mới")).fill("con mèo xanh 12")
    parent.get_by_role("button", name="Bắt đầu").click()
    expect(parent.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()
    nothing_sideways(parent)
    tools = parent.context.new_cdp_session(parent)
    missing = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in missing if one["errorId"] != "in-incognito"] == []

    parent.get_by_role("button", name="Báo cho tôi trên máy này").click()
    expect(parent.get_by_text("Điện thoại này sẽ báo khi con đến trường.")).to_be_visible()
    house.clock.now = passed = at("06:45", day)
    house.report(sighting(1000 + len(size), house.school.lan, at=passed))
    outbox.dispatch(house.database, handlers({Channel.WEB_PUSH}, house.clock), house.clock)
    send_due(house.database, WebPush(VAPID, "mailto:it@school.example"), house.clock)
    arrived = next(one for one in push.deliveries if subscription.endpoint.endswith(one.path))
    deliver(parent, house.url, arrived.text)
    assert shown(parent)[0]["title"] == "Nguyễn Thị Lan đã đến trường lúc 06:45"

    parent.get_by_role("navigation").get_by_role("link", name="Xin nghỉ").click()
    parent.get_by_label("Từ", exact=True).fill(str(tomorrow))
    parent.get_by_label("Đến hết", exact=True).fill(str(tomorrow))
    parent.get_by_label("Vì sao?").fill("Sốt cao")
    parent.get_by_role("button", name="Xin nghỉ học").click()
    expect(parent.locator(".asked .pill").first).to_have_text("chờ giáo viên duyệt")

    teacher = visit("charlie", "/schools/a/leave", **SIZES[size])
    teacher.get_by_role("button", name=re.compile("^Duyệt.*Nguyễn Thị Lan")).first.click()
    expect(teacher.get_by_text("Không có đơn nào chờ.")).to_be_visible()
    nothing_sideways(teacher)
    house.clock.now = at("07:50", tomorrow)
    schedule.refresh(house.database, house.school.id, house.clock.now)
    teacher = visit("charlie", f"/classes/{house.school.class_id}/register", **SIZES[size])
    lan = teacher.get_by_role("group", name="Nguyễn Thị Lan")
    expect(lan.locator("[value=permitted]")).to_be_checked()
    parent.reload()
    expect(parent.locator(".asked .pill").first).to_have_text("đã duyệt: vắng có phép (P)")


@pytest.mark.parametrize("size", SIZES)
def test_the_principals_page_keeps_up_with_300_arrivals(house: House, visit: Visit, size: str) -> None:
    """In batches as a gate reports them, each a second of the morning's rush; nothing is reloaded or said twice."""
    house.clock.now = at("06:50") + timedelta(days=2 + (size == "desk"))
    page = visit("alice", "/schools/a", **SIZES[size])
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    with house.database.reading() as session:
        ids = [one.id for one in session.query(Student).filter(Student.code.startswith("S")).order_by(Student.code)]
    first = {"phone": 2000, "desk": 3000}[size]
    for start in range(0, STREAMED, 20):
        house.clock.now += timedelta(seconds=4)
        batch: list[Sighting] = [
            sighting(first + start + one, ids[start + one], at=house.clock.now - timedelta(milliseconds=50 * one))
            for one in range(20)
        ]
        house.report(*batch)
    expect(page.locator(".count strong")).to_have_text(str(STREAMED), timeout=60_000)
    rows = page.locator(".feed li")
    # On a busy machine all 300 come in one push, and the figure is put on the page before the names.
    expect(rows).not_to_have_count(0)
    names = rows.locator("a").all_inner_texts()
    assert len(names) == len(set(names)) > 5
    assert page.evaluate("window.neverReloaded")
    nothing_sideways(page)
