"""A parent's page in a real browser, on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.cloud.pages.people import PASSWORD, House
from tests.cloud.small_school import MORNING, sighting

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_parent_sees_their_child_arrive(house: House, visit: Visit) -> None:
    page = visit("bob", "/children", **PHONE)
    expect(page.get_by_text("Hôm nay chưa thấy qua cổng")).to_be_visible()
    house.report(sighting(1, house.school.lan, at=MORNING))
    expect(page.locator(".clock")).to_have_text("07:07")
    expect(page.get_by_text("Đã đến trường lúc")).to_be_visible()
    expect(page.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()


def test_a_parent_logs_in_and_out_by_hand(visit: Visit) -> None:
    page = visit(None, "/children", **PHONE)
    page.get_by_label("Tên đăng nhập").fill("bob")
    page.get_by_label("Mật khẩu").fill("something else")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("không khớp")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("bob")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()
    page.get_by_role("navigation").get_by_text("Thêm").tap()
    page.get_by_role("button", name="Đăng xuất").tap()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()


def test_another_parent_sees_nothing_of_that_child(house: House, visit: Visit) -> None:
    house.report(sighting(1, house.school.lan, at=MORNING))
    page = visit("erin", "/children", **PHONE)
    expect(page.get_by_role("heading", name="Trần Văn Minh")).to_be_visible()
    assert "Lan" not in page.content()
    answer = page.goto(f"/students/{house.school.lan}")
    assert answer
    assert answer.status == 404
    assert "Lan" not in page.content()
    expect(page.get_by_role("heading", name="Không tìm thấy")).to_be_visible()


def test_a_childs_days_are_theirs_to_look_back_at(house: House, visit: Visit) -> None:
    house.report(sighting(1, house.school.lan, at=MORNING))
    page = visit("bob", "/children", **PHONE)
    page.get_by_role("link", name="Từng ngày").click()
    expect(page.get_by_role("row", name="Th 2 16/11")).to_contain_text("07:07")


def test_the_language_is_switched_by_a_button_and_back(house: House, visit: Visit) -> None:
    page = visit("bob", "/children", locale="en-GB", **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.get_by_text("Thứ Hai, 16 tháng 11, 2026")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Monday, 16 November 2026")).to_be_visible()
    expect(page.get_by_text("Not seen at the gate yet today")).to_be_visible()
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_text("Hôm nay chưa thấy qua cổng")).to_be_visible()
