"""A homeroom teacher calls the roll of their class, on a phone and at a desk."""

import re
import time

import pytest
from playwright.sync_api import expect

from cloud.accounts.tables import RoleGrant
from cloud.people.tables import Student
from tests.browser.conftest import SIZES, Visit
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import at, give_calendar
from tests.cloud.small_school import sighting

pytestmark = pytest.mark.browser


@pytest.fixture
def taught(house: House) -> House:
    """charlie is the homeroom teacher of 1A."""
    school = house.school
    with house.database.writing() as session:
        give_calendar(session, school.id)
        grant = RoleGrant(user_id=school.charlie.user_id, role="homeroom_teacher", school_id=school.id)
        grant.scope_kind, grant.scope_id = "class", school.class_id
        session.add(grant)
    return house


@pytest.mark.parametrize("size", SIZES)
def test_a_tap_a_pupil_and_one_button_for_the_others(taught: House, visit: Visit, size: str) -> None:
    taught.clock.now = at("07:38")
    taught.report(sighting(1, taught.school.lan, at=at("07:20")))
    page = visit("charlie", "/schools/a/desk", **SIZES[size])
    page.get_by_role("link", name="Sổ điểm danh 1A").click()
    lan, minh = page.get_by_role("group", name="Nguyễn Thị Lan"), page.get_by_role("group", name="Trần Văn Minh")
    expect(lan.get_by_role("radio", name="Có mặt")).to_be_checked()
    minutes = minh.get_by_label("Phút muộn")
    expect(minutes).to_be_hidden()
    minh.get_by_role("radio", name="Muộn").click()
    expect(minutes).to_have_value("8")
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["viewport"]["width"]
    page.get_by_role("button", name="các em còn lại có mặt").click()
    expect(page.locator(".pupil.late .says")).to_contain_text("muộn 8 phút")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator(".pupil.not_yet .says")).to_contain_text("chưa thấy")


@pytest.mark.parametrize("size", SIZES)
def test_a_class_of_35_with_two_absent_takes_four_taps_and_less_than_half_a_minute(
    taught: House, visit: Visit, size: str
) -> None:
    school = taught.school
    with taught.database.writing() as session:
        session.add_all(
            Student(
                school_id=school.id, class_id=school.class_id, code=f"T{number}", full_name=f"Học Sinh {number:02}",
                search_name="",
            )
            for number in range(33)
        )  # fmt: skip
    taught.clock.now = at("07:40")
    page = visit("charlie", "/schools/a/desk", **SIZES[size])
    begun = time.monotonic()
    page.get_by_role("link", name="Sổ điểm danh 1A").click()
    for name in ("Học Sinh 07", "Học Sinh 21"):
        page.get_by_role("group", name=name).get_by_role("radio", name="Vắng không phép").click()
    page.get_by_role("button", name="các em còn lại có mặt").click()
    expect(page.get_by_label("Lần sửa cuối")).to_contain_text("35 học sinh")
    assert time.monotonic() - begun < 30
    assert page.locator(".pupil.absent").count() == 2
    assert page.locator(".pupil.present").count() == 33


def test_what_is_printed_is_dark_on_white_without_what_is_pressed_and_a_month_lies_on_its_side(
    taught: House, visit: Visit
) -> None:
    taught.clock.now = at("07:38")
    taught.report(sighting(1, taught.school.lan, at=at("07:20")))
    school_class = f"/classes/{taught.school.class_id}"
    page = visit("charlie", f"{school_class}/register", color_scheme="dark")
    by_night = page.evaluate("getComputedStyle(document.body).color")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") != by_night
    expect(page.get_by_text("Nguyễn Thị Lan").first).to_be_visible()
    for pressed in (page.get_by_role("button"), page.get_by_role("radio")):
        assert [one for one in pressed.all() if one.is_visible()] == []
    page.goto(f"{school_class}/register/month?month=2026-11")
    [width_pt, height_pt] = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))[0]
    assert float(width_pt) > float(height_pt)
