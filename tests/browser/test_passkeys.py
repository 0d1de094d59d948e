"""A passkey in a real browser, with the device that its own tools make up: added on one page, used on the other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Visit
from tests.cloud.migrated import Open
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.services.ports import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    """Browsers allow passkeys on localhost, not at a bare address."""
    database, port = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3"), free_port()
    url = f"http://localhost:{port}"
    with open_house(database, port=port, public_url=url) as house:
        yield replace(house, url=url)
    database.close()


def give_device(page: Page) -> tuple[CDPSession, str]:
    """A phone whose owner says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools, made["authenticatorId"]


def test_a_parent_adds_their_phone_and_logs_in_with_it(house: House, visit: Visit) -> None:
    page = visit("bob", "/account/passkeys")
    tools, phone = give_device(page)
    page.get_by_label("Bạn gọi thiết bị này là gì").fill("Điện thoại của Bob")
    page.get_by_label("Mật khẩu của bạn, hoặc mã từ ứng dụng").fill("wrong")
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(page.get_by_role("alert")).to_contain_text("Đây không phải mật khẩu của bạn")
    page.get_by_label("Mật khẩu của bạn, hoặc mã từ ứng dụng").fill(PASSWORD)
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    expect(page.get_by_role("strong")).to_have_text("Điện thoại của Bob")
    [kept] = tools.send("WebAuthn.getCredentials", {"authenticatorId": phone})["credentials"]
    assert (kept["isResidentCredential"], kept["rpId"]) == (True, "localhost")

    page.get_by_role("button", name="Đăng xuất").click()
    page.goto("/login?next=/account")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    page.wait_for_url("**/account")
    expect(page.get_by_role("heading", name="bob")).to_be_visible()

    page.get_by_role("button", name="Đăng xuất").click()
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.get_by_role("status")).to_contain_text("Chưa chọn khóa nào")
    tools.send("WebAuthn.clearCredentials", {"authenticatorId": phone})
