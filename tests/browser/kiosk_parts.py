"""What the kiosk's browser tests have in common: a kiosk, a service that can be killed, families that agree."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import select

from cloud.biometrics.rules import Answer
from cloud.people.tables import Guardianship
from edge.recogniser.presets import rules_for
from edge.vision.model_store import ModelStore
from edge.vision.pipeline import Pipeline
from enroll.kiosk.desk import Bench
from enroll.kiosk.waiting import Waiting
from tests.cloud.biometrics.family import SMALL, Family, add_child, say
from tests.cloud.pages.people import PASSWORD, SECRET, House
from tests.services.ports import free_port, is_open
from tests.services.waiting import eventually

PATIENCE_MS = 90_000
COUNT_CAMERAS = """() => {
    window.opened = 0;
    const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
    media.getUserMedia = (wanted) => { window.opened += 1; return open(wanted); };
}"""


def bench_at(folder: Path, pipeline: Pipeline, store: ModelStore) -> Bench:
    return Bench(
        pipeline=pipeline,
        threshold=rules_for(store).threshold,
        same_person=store.needed("embedder").threshold("pair"),
        waiting=Waiting(folder),
        views=3,
        undo_s=300.0,
        monotonic=time.monotonic,
        clock=lambda: datetime.now(UTC),
    )


class Service:
    """The school's service in a process of its own, which can be killed; it comes back at the same address."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        settings = {
            "DATABASE_URL": f"sqlite:///{folder}/cloud.sqlite3", "KEYRING_URL": f"sqlite:///{folder}/keys.sqlite3",
            "SECRET_KEY": SECRET, "LISTEN_PORT": str(self._port),
        }  # fmt: skip
        self._environment = {**os.environ, **{f"DIEMDANH_CLOUD_{key}": value for key, value in settings.items()}}
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "cloud", "serve"]
        self._process = subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)
        eventually(lambda: is_open(self._port), saying="the service did not start", within_s=60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def sign_in(page: Page) -> None:
    page.get_by_label("Tên đăng nhập").fill("alice")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Học sinh", exact=True)).to_be_visible(timeout=PATIENCE_MS)


def everybody_agrees(house: House, pupil: UUID) -> None:
    with house.database.writing() as session:
        guardian = session.scalars(select(Guardianship.guardian_id).where(Guardianship.student_id == pupil)).first()
        family = Family(house.school.id, house.school.class_id, pupil, *[guardian or house.school.id] * 3)
        for who in (family.mother, None):
            say(session, family, Answer.GRANTED, who=who, at=house.clock.now)


def add_classmate(house: House, name: str, answer: Answer | None) -> UUID:
    with house.database.writing() as session:
        family = add_child(
            session, house.school.id, house.school.class_id, house.school.bob.user_id, birth_date=SMALL, name=name
        )
        if answer:
            say(session, family, answer, who=family.mother, at=house.clock.now)
    return family.child
