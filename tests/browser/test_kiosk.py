"""The kiosk in a real browser, before a camera that plays a real clip: from signing in to being known at the gate."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pydantic import SecretStr
from sqlalchemy import select

from cloud import migrations
from cloud.biometrics.rules import Answer
from cloud.devices.tables import Device
from cloud.kit.db import open_database
from cloud.people.tables import Guardianship
from edge.contract import Outcome
from edge.recogniser.loop import recognise
from edge.recogniser.presets import rules_for
from edge.uplink.receive import RosterClient
from edge.vision.load import load_pipeline
from edge.vision.match import Gallery
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from enroll.kiosk.desk import Bench
from enroll.kiosk.server import create_app
from enroll.kiosk.waiting import Waiting
from tests.browser.conftest import Visit
from tests.cloud.biometrics.family import Family, say
from tests.cloud.biometrics.test_api import agree, bring
from tests.cloud.biometrics.units import Unit
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.serving import serving
from tests.cloud.small_school import MORNING, sighting
from tests.edge.vision.faces import BOTH, FEMALE, clip
from tests.services.chromium import QUIET, chromium_path

pytestmark = [pytest.mark.browser, pytest.mark.media, pytest.mark.xdist_group("browser")]

STRAIGHT, LEFT, RIGHT = 18, 14, 21
"""Frames of the clip in which the woman looks so."""
HELD_S = 2
TOKEN = "token-of-gate-1"
PATIENCE_MS = 90_000


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
    """Its camera plays the clip's frames, each for HELD_S: Chromium plays 30 a second, over and over."""
    frames, file = clip(media, FEMALE), tmp_path_factory.mktemp("camera") / "clip.mjpeg"
    with file.open("wb") as film:
        for number in (STRAIGHT, LEFT, RIGHT):
            large = cv2.resize(frames[number].image, (960, 540), interpolation=cv2.INTER_CUBIC)
            film.write(cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() * 30 * HELD_S)
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={file}",
    ]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=[*QUIET, *camera])
        yield chromium
        chromium.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = open_database(f"sqlite:///{tmp_path}/cloud.sqlite3")
    migrations.upgrade(database)
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        with database.writing() as session:
            session.get_one(Device, "gate-1").token_hash = sha256(TOKEN.encode()).hexdigest()
        yield house
    database.close()


@pytest.fixture
def kiosk(house: House, pipeline: Pipeline, store: ModelStore, tmp_path: Path) -> Iterator[str]:
    bench = Bench(
        pipeline=pipeline,
        threshold=rules_for(store).threshold,
        same_person=store.needed("embedder").threshold("pair"),
        waiting=Waiting(tmp_path / "kiosk"),
        views=3,
        undo_s=300.0,
        monotonic=time.monotonic,
        clock=lambda: datetime.now(UTC),
    )
    with serving(create_app(bench, house.url, secure=False)) as url:
        yield url


def sign_in(page: Page) -> None:
    page.get_by_label("Tên đăng nhập").fill("alice")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Học sinh", exact=True)).to_be_visible()


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def test_from_signing_in_to_known_at_the_gate_without_a_reload(
    house: House, kiosk: str, visit: Visit, pipeline: Pipeline, store: ModelStore, media: Path, tmp_path: Path
) -> None:
    agree(house)
    assert bring(house).status_code == 204  # with another model than the kiosk's
    page = visit(None, kiosk)
    sign_in(page)
    page.evaluate("window.neverReloaded = true")
    expect(page.locator("#roll li").filter(has_text="Lan")).to_contain_text("nên lấy lại")
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
    expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()

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

    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#result")).to_contain_text("không giữ lại gì")
    expect(page.locator("#roll li")).to_contain_text("chưa lấy")
    unit.look()
    assert unit.roster(pipeline.model) == []


def test_class_after_class_and_a_face_that_is_there_already_is_asked_about(
    house: House, kiosk: str, visit: Visit
) -> None:
    agree(house)
    with house.database.writing() as session:
        erin = session.scalars(
            select(Guardianship.guardian_id).where(Guardianship.student_id == house.school.minh)
        ).one()
        for who in (erin, None):
            minh = Family(house.school.id, house.school.class_id, house.school.minh, erin, erin, erin)
            say(session, minh, Answer.GRANTED, who=who, at=house.clock.now)
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

    lan, class_1a = house.school.lan, house.school.class_id
    for login, path in (
        ("bob", f"/children/{lan}/consent"),
        ("alice", "/schools/a/consent"),
        ("alice", f"/consent/classes/{class_1a}"),
        ("alice", f"/consent/classes/{class_1a}/forms"),
        ("alice", f"/consent/students/{lan}"),
    ):
        assert serious(visit(login, path)) == [], path
