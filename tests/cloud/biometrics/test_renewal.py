"""Whose face is to be taken again: from what a unit measured at the gate to the kiosk's list and the staff's page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import SecretStr

from cloud.attendance import scores
from cloud.biometrics.events import Erased
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.renewal import FEW, Due, Trend, due
from cloud.biometrics.templates import on_erased
from cloud.devices.tables import Device
from cloud.kit.db import Database
from edge.contract import ClockReading, EventBatch, Outcome
from edge.hardware.fake import FakeIndicator
from edge.recogniser.feedback import Feedback
from edge.recogniser.loop import Decision
from edge.recogniser.record import Recorder
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.uplink.https import HttpsLink
from enroll.service import SchoolService
from tests.cloud.biometrics.test_api import agree, bring
from tests.cloud.pages.people import PASSWORD, House, open_house
from tests.cloud.small_school import BOOT, SESSION

TOKEN = "token-of-gate-1"
SEEN = Decision(
    track=1, outcome=Outcome.IDENTIFIED, person=None, candidates=(), distance=None, margin=0.2, quality=0.8, t_s=1.0,
    captured_s=0.0, model="m", threshold=0.5,
)  # fmt: skip


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        with database.writing() as session:
            session.get_one(Device, "gate-1").token_hash = sha256(TOKEN.encode()).hexdigest()
        agree(house)
        assert bring(house).status_code == 204
        yield house


class Gate:
    """A unit's recorder, outbox and way up, at the service's own time."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._outbox = Outbox(connect(folder), self)
        self._recorder = Recorder(self._outbox, Feedback([FakeIndicator()]), self, None)
        self._link = HttpsLink(house.url, "gate-1", SecretStr(TOKEN))

    def now(self) -> datetime:
        return self._house.clock.now

    def monotonic_s(self) -> float:
        return 0.0

    def reading(self) -> ClockReading:
        return ClockReading(boot_id=BOOT, monotonic_ms=0, trusted=True)

    def sees(self, person: object, *distances: float) -> None:
        """A passage a day; then they go up as one batch."""
        for distance in distances:
            self._house.clock.now += timedelta(days=1)
            assert self._recorder.record(replace(SEEN, person=str(person), distance=distance))
        waiting = self._outbox.read(after=0, upto=2**62, limit=100)
        self._link.send(1, EventBatch(device="gate-1", session=SESSION, sent_at=self.now(), events=tuple(waiting)))
        self._outbox.release([one.seq for one in waiting])


def shown(house: House) -> tuple[str | None, str, str]:
    """As the kiosk hears it, and as the staff's two pages say it."""
    with house.database.writing() as session:
        scores.judge(session, house.school.id, house.clock())
    with SchoolService(house.url) as kiosk:
        kiosk.sign_in("alice", PASSWORD)
        (lan,) = [one for one in kiosk.roll().classes[0].pupils if one.id == str(house.school.lan)]
    with house.visit("alice") as alice:
        return lan.due, alice.get("/schools/a/photos").text, alice.get(f"/consent/classes/{house.school.class_id}").text


def test_scores_that_rise_towards_the_threshold_make_a_pupil_due_until_they_are_enrolled_again(
    house: House, tmp_path: Path
) -> None:
    gate = Gate(house, tmp_path)
    gate.sees(house.school.lan, *[0.3] * (FEW - 1))
    gate.sees(house.school.minh, *[0.49] * FEW)  # who has no template
    assert shown(house)[0] is None, "too few to say anything"
    gate.sees(house.school.lan, 0.3)
    assert shown(house)[0] is None
    gate.sees(house.school.lan, *[0.38] * FEW)
    assert shown(house)[0] is None, "a little farther, and still near"
    gate.sees(house.school.lan, *[0.42] * FEW)
    why, photos, own_class = shown(house)
    assert why == Due.SCORES
    for page in (photos, own_class):
        assert "máy ở cổng nhận ra khuôn mặt ngày càng kém" in page
    assert "Trần Văn Minh" not in photos

    house.clock.now += timedelta(hours=1)
    assert bring(house).status_code == 204
    assert shown(house)[0] is None, "with new templates everything begins anew"
    gate.sees(house.school.lan, *[0.46] * FEW)
    assert shown(house)[0] == Due.SCORES, "from the start hardly recognised"


def test_templates_older_than_a_year_are_due(house: House) -> None:
    house.clock.now += timedelta(days=365)
    assert shown(house)[0] is None
    house.clock.now += timedelta(days=1)
    why, photos, own_class = shown(house)
    assert why == Due.YEAR
    for page in (photos, own_class):
        assert "mẫu đã hơn một năm" in page


def test_scores_go_with_the_templates(house: House, keyring: Keyring, tmp_path: Path) -> None:
    Gate(house, tmp_path).sees(house.school.lan, *[0.49] * FEW)
    assert shown(house)[0] == Due.SCORES
    with house.visit("bob") as bob:
        page = f"/children/{house.school.lan}/consent"
        answer = bob.post(page, data={"party": "guardian", "answer": "withdrawn", "wording_version": "1"})
        assert answer.status_code == 303
        held = f"/students/{house.school.lan}/held.json"
        assert bob.get(held).json()["scores"] != [], "until the worker hears of it"
        with house.database.writing() as session:
            event = Erased(school_id=house.school.id, student_id=house.school.lan)
            on_erased(keyring, house.clock)(session, [event.model_dump_json()])
        assert bob.get(held).json()["scores"] == []


@pytest.mark.parametrize(
    ("early", "recent", "expected"),
    [(0.6, 0.6, None), (0.6, 0.79, None), (0.6, 0.81, Due.SCORES), (0.4, 0.69, None), (0.4, 0.71, Due.SCORES),
     (0.9, 0.9, Due.SCORES), (0.8, 0.6, None), (1.2, 0.5, None)],
)  # fmt: skip
def test_half_way_to_the_threshold_is_due(early: float, recent: float, expected: Due | None) -> None:
    made = datetime(2026, 9, 1, tzinfo=UTC)
    assert due(made, Trend(early, recent), made) is expected
