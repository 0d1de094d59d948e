"""A teacher calls the roll on a phone."""

import time

import pytest
from playwright.sync_api import expect

from cloud.people.tables import Student
from tests.browser.conftest import Visit
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import sighting

pytestmark = pytest.mark.browser


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


def test_a_class_of_35_with_two_absent_takes_four_taps_and_less_than_half_a_minute(house: House, visit: Visit) -> None:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        session.add_all(
            Student(
                school_id=house.school.id, class_id=house.school.class_id, code=f"T{number}",
                full_name=f"Học Sinh {number:02}", search_name="",
            )
            for number in range(33)
        )  # fmt: skip
    house.clock.now = at("07:40")
    page = visit("alice", "/schools/a/desk", viewport={"width": 390, "height": 844}, has_touch=True)
    begun = time.monotonic()
    page.get_by_role("link", name="Sổ điểm danh 1A").tap()
    for name in ("Học Sinh 07", "Học Sinh 21"):
        page.get_by_role("group", name=name).get_by_role("radio", name="Vắng không phép").tap()
    page.get_by_role("button", name="các em còn lại có mặt").tap()
    expect(page.get_by_label("Lần sửa cuối")).to_contain_text("35 học sinh")
    assert time.monotonic() - begun < 30
    assert page.locator(".pupil.absent").count() == 2
    assert page.locator(".pupil.present").count() == 33
