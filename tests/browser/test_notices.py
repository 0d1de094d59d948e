"""An emergency notice, from the writer to two parents' phones and back: who has not acknowledged it?"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES, Visit, nothing_sideways

pytestmark = pytest.mark.browser


def open_newest(page: Page) -> None:
    page.get_by_role("link", name="Tin nhà trường").click()
    page.get_by_role("link", name="Nghỉ học vì bão").click()


@pytest.mark.parametrize("size", SIZES)
def test_an_emergency_is_acknowledged_by_two_parents_and_the_writer_sees_who_has_not(visit: Visit, size: str) -> None:
    writer = visit("alice", "/schools/a/notices", **SIZES[size])
    writer.get_by_label("Gửi cho").select_option(label="Toàn trường")
    writer.get_by_label("Tiêu đề", exact=True).fill("Nghỉ học vì bão")
    writer.get_by_label("Nội dung", exact=True).fill("Xin đón các cháu trước 10 giờ.")
    writer.get_by_label(re.compile("Khẩn cấp")).check()
    writer.get_by_role("button", name="Gửi", exact=True).click()
    expect(writer.get_by_role("alert")).to_contain_text("Chưa gửi tin nào cho ai")
    writer.get_by_role("button", name="Vâng, gửi tới 2 phụ huynh").click()
    expect(writer.get_by_role("heading", name="Chưa xác nhận: 2 trong số 2")).to_be_visible()
    nothing_sideways(writer)
    for name, left in (("bob", ["erin"]), ("erin", [])):
        parent = visit(name, "/children", **SIZES[size])
        open_newest(parent)
        expect(parent.get_by_text("Khẩn cấp")).to_be_visible()
        writer.reload()
        expect(writer.locator("#waiting li", has_text=name)).to_contain_text("đã đọc")
        parent.get_by_role("button", name="Tôi đã đọc và xác nhận").click()
        expect(parent.get_by_role("status")).to_contain_text("đã xác nhận")
        nothing_sideways(parent)
        writer.reload()
        expect(writer.locator("#waiting li > div > strong")).to_have_text(left)
        if left:
            writer.get_by_role("button", name="Nhắc 1 người chưa xác nhận").click()
            expect(writer.get_by_text("Đã nhắc lúc")).to_be_visible()
    expect(writer.get_by_text("Mọi người đã xác nhận.")).to_be_visible()
