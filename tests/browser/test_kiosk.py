"""The kiosk in a real browser, before a camera that plays a real clip: from signing in to being known at the gate."""

import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from pydantic import SecretStr

from cloud.biometrics.queries import siblings
from cloud.biometrics.queries.templates import template_count
from cloud.biometrics.rules import Answer
from cloud.devices.tables import Device
from edge.contract import Outcome
from edge.recogniser.loop import recognise
from edge.recogniser.presets import rules_for
from edge.uplink.receive import RosterClient
from edge.vision.load import load_pipeline
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from enroll.kiosk.server import create_app
from scripts.loopback.chromium import QUIET, headless_path
from tests.browser.axe import serious
from tests.browser.conftest import Visit
from tests.browser.kiosk_parts import (
    COUNT_CAMERAS,
    PATIENCE_MS,
    Service,
    add_classmate,
    bench_at,
    everybody_agrees,
    sign_in,
)
from tests.cloud.biometrics.test_api import agree, bring
from tests.cloud.biometrics.units import Unit
from tests.cloud.migrated import Open
from tests.cloud.pages.people import House, open_house
from tests.cloud.serving import serving
from tests.cloud.small_school import MORNING, sighting
from tests.edge.vision.faces import BOTH, FEMALE, clip

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.long]

STRAIGHT, LEFT, RIGHT = 18, 14, 21
"""Frames of the clip in which the woman looks so."""
HELD_S = 2
TOKEN = "token-of-gate-1"


@pytest.fixture(scope="module")
def store() -> ModelStore:
    store = ModelStore.of_this_machine()
    store.pull()
    return store


@pytest.fixture(scope="module")
def pipeline(store: ModelStore) -> Pipeline:
    return load_pipeline(store)


@pytest.fixture(scope="module")
def browser(media: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its camera plays the clip's frames, each for HELD_S, then nobody: Chromium plays 30 a second, over and over."""
    frames, file = clip(media, FEMALE), tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    with file.open("wb") as film:
        for image in (*(frames[number].image for number in (STRAIGHT, LEFT, RIGHT)), np.full((270, 480, 3), 90, "u1")):
            large = cv2.resize(image, (960, 540), interpolation=cv2.INTER_CUBIC)
            film.write(cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() * 30 * HELD_S)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={file}",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=headless_path(), headless=True, args=[*QUIET, *camera])
        yield chromium
        chromium.close()


@pytest.fixture
def house(tmp_path: Path, open_migrated: Open) -> Iterator[House]:
    database = open_migrated(f"sqlite:///{tmp_path}/cloud.sqlite3")
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        with database.writing() as session:
            session.get_one(Device, "gate-1").token_hash = sha256(TOKEN.encode()).hexdigest()
        yield house
    database.close()


@pytest.fixture
def kiosk(house: House, pipeline: Pipeline, store: ModelStore, tmp_path: Path) -> Iterator[str]:
    with serving(create_app(bench_at(tmp_path / "kiosk", pipeline, store), house.url, secure=False)) as url:
        yield url


@pytest.fixture
def service(house: House, tmp_path: Path) -> Iterator[Service]:
    """Beside the house's own, on the same database."""
    service = Service(tmp_path)
    yield service
    service.kill()


def test_from_signing_in_to_known_at_the_gate_without_a_reload(
    house: House, kiosk: str, visit: Visit, pipeline: Pipeline, store: ModelStore, media: Path, tmp_path: Path
) -> None:
    agree(house)
    assert bring(house).status_code == 204  # with another model than the kiosk's
    page = visit(None, kiosk)
    sign_in(page)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#roll li").filter(has_text="Lan")).to_contain_text("nên lấy lại: máy dùng mẫu mới")
    expect(page.locator("#roll li").filter(has_text="Minh")).to_contain_text("chưa trả lời")

    page.get_by_label("Tìm theo tên").fill("lan nguyen thi")
    expect(page.locator("#roll li")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Lấy lần lượt cả lớp")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("1/3", timeout=PATIENCE_MS)
    expect(page.locator("#result")).to_contain_text("Đã lưu", timeout=PATIENCE_MS)
    expect(page.locator("#roll li")).to_contain_text("đã lấy")
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_focused()

    unit = Unit(RosterClient(house.url, "gate-1", SecretStr(TOKEN)), tmp_path / "unit")
    assert unit.look()
    expect(page.locator("#known")).to_contain_text("Máy nhận ra được tại: gate-1", timeout=PATIENCE_MS)

    views = unit.roster(pipeline.model)
    assert [one.person for one in views] == [str(house.school.lan)] * 3
    gallery = Gallery([one.person for one in views], np.stack([one.template for one in views]), pipeline.model)
    seen = list(recognise(clip(media, BOTH), pipeline, lambda: gallery, rules_for(store)))
    named = [one.person for one in seen if one.outcome is Outcome.IDENTIFIED]
    assert named == [str(house.school.lan)], "the man beside her is nobody"
    house.report(sighting(1, named[0], at=MORNING))
    parent = visit("bob", "/children")
    expect(parent.locator(".clock")).to_have_text("07:07")
    assert page.evaluate("window.neverReloaded")

    page.keyboard.press("Enter")  # All of it by the keyboard alone.
    expect(page.locator("#result")).to_contain_text("không giữ lại gì")
    expect(page.locator("#roll li")).to_contain_text("chưa lấy")
    unit.look()
    assert unit.roster(pipeline.model) == []


def test_class_after_class_and_a_face_that_is_there_already_is_asked_about(
    house: House, kiosk: str, visit: Visit
) -> None:
    agree(house)
    everybody_agrees(house, house.school.minh)
    page = visit(None, kiosk)
    sign_in(page)
    page.get_by_role("button", name="Lấy lần lượt cả lớp").click()
    expect(page.locator("#camera-title")).to_have_text("Trần Văn Minh, 1A", timeout=PATIENCE_MS)
    expect(page.locator("#result")).to_contain_text("Nguyễn Thị Lan: Đã lưu")
    expect(page.locator("#question-text")).to_contain_text("Có phải cùng một em không?", timeout=PATIENCE_MS)
    expect(page.locator("#question-list li")).to_contain_text("Nguyễn Thị Lan, 1A")
    assert serious(page) == []
    page.get_by_role("button", name="Cùng một em").click()
    expect(page.locator("#tally")).to_contain_text("chưa lấy1")
    assert page.locator("#roll li").filter(has_text="Minh").inner_text().endswith("chưa lấy")


def test_a_whole_class_by_one_tap_though_the_service_is_killed_meanwhile(
    house: House, service: Service, visit: Visit, pipeline: Pipeline, store: ModelStore, tmp_path: Path
) -> None:
    agree(house)
    everybody_agrees(house, house.school.minh)
    xuan = add_classmate(house, "Xuân", Answer.GRANTED)
    add_classmate(house, "Vy", Answer.REFUSED)
    add_classmate(house, "Yến", None)
    three = (house.school.lan, house.school.minh, xuan)
    with house.database.writing() as session:
        for one, other in combinations(three, 2):  # The camera shows the same woman: nobody is to be asked about her.
            siblings.link(session, one, other, by=house.school.alice.user_id, now=house.clock.now)
    with serving(create_app(bench_at(tmp_path / "kiosk", pipeline, store), service.url, secure=False)) as kiosk:
        page = visit(None, kiosk)
        sign_in(page)
        expect(page.locator("#tally")).to_have_text("đã lấy0nên lấy lại0chưa lấy3không đồng ý1chưa trả lời1")
        page.evaluate(COUNT_CAMERAS)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(kiosk)))
        started, times = time.monotonic(), []
        page.get_by_role("button", name="Lấy lần lượt cả lớp").click()
        result = page.locator("#result")
        for name, outcome in (("Lan", "Đã lưu"), ("Minh", "Đã giữ trên máy này"), ("Xuân", "Đã giữ trên máy này")):
            expect(result).to_contain_text(f"{name}: {outcome}", timeout=PATIENCE_MS)
            times.append(round(time.monotonic() - started, 1))
            if name == "Lan":
                service.kill()
        sys.stderr.write(f"seconds for one, two and three children: {times}\n")
        steps = [one for one in asked if one in ("/api/capture", "/api/compare", "/api/save")]
        assert steps == ["/api/capture", "/api/compare", "/api/save"] * 3, "nothing is asked twice, nobody waits"
        assert page.evaluate("window.opened") == 1, "the camera stays open from child to child"
        with page.expect_response("**/api/state"):
            pass
        expect(page.locator("#camera-lead")).to_have_text("Lớp này không còn ai cần lấy.")
        expect(page.locator("#line")).to_have_text("Mất mạng: vẫn lấy được, sẽ gửi sau")
        expect(page.locator("#tally")).to_have_text("đã lấy3nên lấy lại0chưa lấy0không đồng ý1chưa trả lời1")
        page.get_by_role("button", name="Hoàn tác").click()
        expect(result).to_have_text("Đã hoàn tác: không giữ lại gì.")
        expect(page.locator("#camera-lead")).to_contain_text("Chọn học sinh trong danh sách")
        expect(page.locator("#tally")).to_have_text("đã lấy2nên lấy lại0chưa lấy1không đồng ý1chưa trả lời1")
        assert serious(page) == []

        service.start()
        expect(page.locator("#line")).to_have_text("Có mạng", timeout=PATIENCE_MS)
        expect(page.locator("#roll li").filter(has_text="Minh")).to_contain_text("đã lấy", timeout=PATIENCE_MS)
        expect(page.locator("#waiting")).to_be_hidden()
        with house.database.reading() as session:
            assert [template_count(session, one) for one in three] == [3, 3, 0]


def test_whoever_was_not_asked_is_not_photographed_and_every_page_can_be_used_by_everybody(
    house: House, kiosk: str, visit: Visit
) -> None:
    page = visit(None, kiosk)
    assert serious(page) == []
    sign_in(page)
    page.locator("#roll button").filter(has_text="Minh").press("Enter")
    expect(page.get_by_role("heading", name="Chọn một học sinh")).to_be_visible()
    expect(page.locator("#stage")).to_be_hidden()
    assert serious(page) == []
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Pupils")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Log-in name")).to_be_focused()
