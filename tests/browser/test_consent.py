"""A family's yes and its way back in a real browser on a phone; and every page about faces and cards can be used by
everybody: read aloud, on any width, by day and by night."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious
from tests.browser.conftest import Visit
from tests.browser.test_every_page import MEASURE_CONTRAST
from tests.cloud.biometrics.test_api import agree, ask, bring, lan
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.small_school import MORNING, sighting

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
JPEG = b"\xff\xd8\xff\xe0 what Lan looks like" * 20


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[House]:
    """One for all: whoever changes it is the last test."""
    folder = tmp_path_factory.mktemp("house")
    database = open_migrated(f"sqlite:///{folder}/cloud.sqlite3")
    with open_house(database, keyring_url=f"sqlite:///{folder}/keys.sqlite3") as house:
        agree(house)
        assert bring(house).status_code == 204
        assert ask(house, "alice", "POST", f"{lan(house)}/cards", {"valid_until": None}).status_code < 300
        house.report(sighting(1, house.school.lan, at=MORNING))
        yield house
    database.close()


PAGES = (
    ("bob", "/children/{lan}/consent?take_back=1"),
    ("bob", "/children/{lan}/photos"),
    ("alice", "/schools/a/photos"),
    ("alice", "/schools/a/consent"),
    ("alice", "/consent/classes/{class_id}"),
    ("alice", "/consent/classes/{class_id}/forms"),
    ("alice", "/consent/students/{lan}"),
    ("alice", "/schools/a/cards"),
    ("alice", "/cards/classes/{class_id}"),
    ("alice", "/schools/a/safekeeping"),
)


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_every_page_about_faces_and_cards_can_be_used_by_everybody(
    house: House, visit: Visit, login: str, path: str
) -> None:
    if "/photos" in path:
        send_photo(house)
    page = visit(login, path.format(lan=house.school.lan, class_id=house.school.class_id), reduced_motion="reduce")
    assert page.locator("h1").count() == 1, page.inner_text("main")
    assert serious(page) == []
    assert page.locator(":checked:not(option)").count() == 0, "nothing is ticked beforehand"
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert page.evaluate(MEASURE_CONTRAST) == []


def send_photo(house: House) -> None:
    with house.visit("bob") as bob:
        files = {"photo": ("lan.jpg", JPEG, "image/jpeg")}
        assert bob.post(f"/children/{house.school.lan}/photos", files=files).status_code in (303, 409)


def test_a_parent_sends_a_photo_from_their_phone_and_staff_look_at_it(
    house: House, visit: Visit, tmp_path: Path
) -> None:
    with house.visit("bob") as bob:
        for photo in ask(house, "alice", "GET", "/api/v1/schools/a/photos").json():
            bob.post(f"/children/{house.school.lan}/photos/{photo['id']}/withdrawal")
    (tmp_path / "lan.jpg").write_bytes(JPEG)
    page = visit("bob", "/children", **PHONE)
    page.get_by_role("link", name="Gửi ảnh của con").tap()
    field = page.get_by_label("Chọn ảnh hoặc chụp ảnh")
    assert field.get_attribute("capture") is None, "with it a phone offers its camera alone"
    field.set_input_files(tmp_path / "lan.jpg")
    page.get_by_role("button", name="Gửi ảnh").tap()
    expect(page.get_by_text("Nhà trường chưa xem").first).to_be_visible()

    staff = visit("alice", "/schools/a/photos")
    expect(staff.get_by_role("img", name="Nguyễn Thị Lan").first).to_be_visible()
    staff.get_by_role("button", name="Đúng là em này").first.press("Enter")
    seen = ask(house, "alice", "GET", "/api/v1/schools/a/photos").json()
    assert [one["student_id"] for one in seen] == [str(house.school.lan)], "ready for the school's own machine"


def test_consent_is_taken_back_by_two_taps_from_the_first_page(house: House, visit: Visit) -> None:
    page = visit("bob", "/children", **PHONE)
    page.get_by_role("link", name="Rút lại đồng ý").tap()
    page.get_by_role("button", name="Đúng, rút lại và xóa").tap()
    expect(page.get_by_role("status")).to_contain_text("Đã rút lại")
    expect(page.get_by_text("không giữ gì")).to_be_visible()
    assert ask(house, "alice", "GET", f"{lan(house)}/consent").json()["standing"] == "withdrawn"
    page.goto("/children")
    expect(page.get_by_role("heading", name="Nguyễn Thị Lan")).to_be_visible()
    expect(page.get_by_role("link", name="Rút lại đồng ý")).to_be_hidden()
