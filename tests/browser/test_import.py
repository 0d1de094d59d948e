"""The office imports a list of 826 pupils with five bad rows, on a phone and on a desk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Visit, nothing_sideways
from tests.cloud.people.exchange.test_importing import BAD, write_826

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
def test_five_bad_rows_are_named_and_come_back_and_821_go_in(visit: Visit, tmp_path: Path, size: str) -> None:
    page = visit("alice", "/schools/a/exchange", **SIZES[size])
    page.get_by_label(re.compile("cơ sở dữ liệu ngành")).set_input_files(write_826(tmp_path / "hoc-sinh.xlsx"))
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    sums = page.locator(".sums")
    expect(sums).to_contain_text(re.compile(r"Không nhận\s*5"))
    expect(sums).to_contain_text(re.compile(r"Mới\s*821"))
    rows = page.get_by_role("table").get_by_role("rowheader")
    expect(rows).to_have_text([str(number) for number in BAD])
    expect(page.get_by_role("table")).to_contain_text("số định danh cá nhân có 11 ký tự; phải là 12 chữ số")
    nothing_sideways(page)
    page.get_by_role("link", name="Mới (821)").click()
    expect(page.get_by_role("row")).to_have_count(101)
    nothing_sideways(page)

    page.get_by_role("button", name="Nhập, trừ các dòng không nhận").click()
    expect(page.get_by_role("status")).to_contain_text("821 mới", timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Tải các dòng này về")).click()
    download.value.save_as(tmp_path / "rejected.xlsx")
    page.get_by_role("link", name="Xem học sinh").click()
    expect(page.get_by_role("status")).to_have_text("823 học sinh")
    page.get_by_label("Tên hoặc mã số").fill("nguyen van 77")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Nguyễn Văn 77", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguyễn Văn 77")

    page.goto("/schools/a/exchange")
    page.get_by_label(re.compile("cơ sở dữ liệu ngành")).set_input_files(tmp_path / "rejected.xlsx")
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    expect(page.locator(".sums")).to_contain_text(re.compile(r"Không nhận\s*5"))
