"""An administrator sets a school up: a year whose plan follows its holiday and half-day, and a timetable's clash."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cloud.people.tables import StaffMember
from cloud.school.calendar.tables import Term
from cloud.school.queries import add_class
from cloud.school.timetable import queries as timetable
from tests.browser.conftest import Visit
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import give_calendar

pytestmark = pytest.mark.browser


def day_of(page: Page, number: int) -> str:
    """What the month's grid says of a day to whoever cannot see it."""
    return page.locator(f".plan td:has(time:text-is('{number}')) a").inner_text().replace("\n", " ")


def test_a_year_with_a_holiday_and_a_half_day_and_the_plan_follows(house: House, visit: Visit) -> None:
    page = visit("alice", "/schools/a", viewport={"width": 390, "height": 844})
    page.locator(".first-steps").get_by_role("link", name="Năm học và học kỳ").click()
    page.get_by_label("Tên, ví dụ 2026-2027").fill("2026-2027")
    days = {
        "first_day": "2026-11-16", "last_day": "2027-05-31", "term-1-first": "2026-11-17", "term-1-last": "2027-01-15",
        "term-2-first": "2027-01-10", "term-2-last": "2027-05-28",
    }  # fmt: skip
    for name, day in days.items():
        page.locator(f"[name={name}]").fill(day)
    page.get_by_role("button", name="Mở năm học").click()
    expect(page.get_by_text("bắt đầu trước khi học kỳ trước kết thúc")).to_be_visible()
    page.locator("[name=term-2-first]").fill("2027-01-18")
    page.get_by_role("button", name="Mở năm học").click()
    expect(page.get_by_text("Học kỳ 2: 18/01/2027 – 28/05/2027")).to_be_visible()
    page.get_by_role("link", name="Giờ học").first.click()
    page.get_by_label("Tên, ví dụ Mùa đông").fill("Cả ngày")
    page.get_by_label("Từ", exact=True).fill("2026-11-17")
    page.get_by_role("button", name="Áp dụng từ ngày đó").click()
    expect(page.get_by_text("1. 07:30–08:05")).to_be_visible()
    page.goto("/schools/a/calendar?month=2027-01")
    assert "Buổi sáng: có học" in day_of(page, 1)
    page.get_by_role("button", name="Tết Dương lịch").click()
    assert "Buổi sáng: không học" in day_of(page, 1)
    page.get_by_label("Tên gọi").fill("Họp phụ huynh")
    page.get_by_label("Từ", exact=True).fill("2027-01-05")
    page.get_by_label("Buổi nào", exact=True).select_option("afternoon")
    page.get_by_role("button", name="Ghi vào lịch").click()
    assert "Buổi sáng: có học" in day_of(page, 5)
    assert "Buổi chiều: không học" in day_of(page, 5)
    page.get_by_role("button", name="Họp phụ huynh").click()
    assert "Buổi chiều: có học" in day_of(page, 5)
    page.get_by_role("button", name="Hoàn tác").click()
    assert "Buổi chiều: không học" in day_of(page, 5)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_timetables_clash_is_named_where_it_is_made(house: House, visit: Visit) -> None:
    timetable_id = _two_classes_of_one_teacher(house)
    page = visit("alice", f"/schools/a/timetables/{timetable_id}")
    for name in ("1A", "1B"):
        page.locator("#class_id").select_option(label=f"Lớp {name}")
        page.get_by_role("button", name="Xem").click()
        page.locator("[name=m12]").select_option(label="Toán – Cô Mai")
        page.get_by_role("button", name=f"Lưu tuần học của lớp {name}").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("Thứ Ba: lúc 08:15 Cô Mai phải dạy cả 1A (Toán) và 1B (Toán)")
    chosen = page.locator("[name=m12]")
    expect(chosen.locator("option:checked")).to_have_text("Toán – Cô Mai")
    chosen.select_option("")
    page.locator("[name=m22]").select_option(label="Toán – Cô Mai")
    page.get_by_role("button", name="Lưu tuần học của lớp 1B").click()
    expect(page.get_by_text("Không có gì trùng")).to_be_visible()


def _two_classes_of_one_teacher(house: House) -> UUID:
    with house.database.writing() as session:
        give_calendar(session, house.school.id)
        mai = StaffMember(school_id=house.school.id, code="GV1", full_name="Cô Mai", search_name="", position="")
        session.add(mai)
        session.flush()
        term = session.scalars(select(Term).where(Term.number == 1)).one()
        maths = timetable.add_subject(session, house.school.id, "TOAN", "Toán")
        for class_id in (house.school.class_id, add_class(session, house.school.id, "1B", 1)):
            timetable.assign(session, term_id=term.id, class_id=class_id, subject_id=maths, staff_id=mai.id)
        return timetable.add_timetable(session, term.id, term.first_day)
