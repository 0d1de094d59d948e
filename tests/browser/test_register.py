"""A teacher calls the roll on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import sighting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_tap_a_pupil_and_one_button_for_the_others(house: House, visit: Visit) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
    house.clock.now = at("07:38")
    house.report(sighting(1, house.school.lan, at=at("07:20")))
    page = visit("alice", "/schools/a/desk", viewport={"width": 390, "height": 844}, has_touch=True)
    page.get_by_role("link", name="Sổ điểm danh 1A").tap()
    lan, minh = page.get_by_role("group", name="Nguyễn Thị Lan"), page.get_by_role("group", name="Trần Văn Minh")
    expect(lan.get_by_role("radio", name="Có mặt")).to_be_checked()
    minutes = minh.get_by_label("Phút muộn")
    expect(minutes).to_be_hidden()
    minh.get_by_role("radio", name="Muộn").tap()
    expect(minutes).to_have_value("8")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="các em còn lại có mặt").tap()
    expect(page.locator(".pupil.late .says")).to_contain_text("muộn 8 phút")
    page.get_by_role("button", name="Hoàn tác").tap()
    expect(page.locator(".pupil.not_yet .says")).to_contain_text("chưa thấy")
