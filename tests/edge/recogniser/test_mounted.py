import json
import math
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import cv2
import gpiozero
import numpy as np
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gpiozero.pins.mock import MockFactory

from edge.backoff import Backoff
from edge.clock import SystemClock
from edge.contract import Method, Outcome
from edge.contract.cards import Card, print_card
from edge.errors import Misconfigured
from edge.frame import Frame
from edge.hardware.actuators.fake import FakeRelay, FakeVoice
from edge.hardware.ports import Signal
from edge.hardware.readers.camera import CameraCodes
from edge.hardware.readers.fingerprint.fake import FakeFingerprintSensor
from edge.hardware.readers.select import Readers
from edge.hardware.thermometer.fake import FakeThermometer
from edge.hardware.thermometer.fever import FeverRules
from edge.hardware.thermometer.sampling import Sampler
from edge.recogniser.loop import Decision, Present
from edge.recogniser.mounted import GONE_S, Greeting, Latch, Mounted, mount
from edge.recogniser.temperatures import Mounting, Temperatures
from edge.settings import EdgeSettings
from edge.store.credentials import Credential, Credentials
from edge.store.db import connect
from edge.store.outbox import Outbox
from edge.vision.types import Box
from tests.services.waiting import eventually

SEEN = Decision(1, Outcome.IDENTIFIED, "hs-1", (), 0.4, 0.2, 0.8, 1.0, 1.0, "55533b28")
FOCAL_PX = 1280 / (2 * math.tan(math.radians(66) / 2))
MOUNTING = Mounting(66.0, 1.4, 0.0, 0.0, 0.1, sensor_mirrored=False)


def frame(grabbed_s: float = 0.0) -> Frame:
    return Frame(np.zeros((720, 1280, 3), np.uint8), 0, grabbed_s, grabbed_s)


def face(track: int, person: str | None = None, distance_m: float = 0.6) -> Present:
    """Somebody 1.40 m tall in the middle of the picture."""
    height_px = FOCAL_PX * 0.166 / distance_m
    return Present(track, Box(640 - 0.375 * height_px, 360 + 0.25 * height_px, 0.75 * height_px, height_px), person)


@pytest.fixture
def warm() -> Sampler:
    thermometer = FakeThermometer()
    thermometer.show(36.0, 28.0)
    with Sampler(thermometer, backoff=Backoff(0.001, 0.001)) as sampler:
        eventually(lambda: sampler.latest(60))
        yield sampler


def test_whoever_is_near_enough_is_measured_while_they_are_recognised(warm: Sampler):
    temperatures = Temperatures(warm, MOUNTING, FeverRules())
    temperatures.look(frame(), [face(1)])
    assert temperatures.of(SEEN) == pytest.approx(36.5, abs=0.1)


def test_whoever_is_recognised_from_afar_is_measured_once_when_they_come_near(warm: Sampler):
    late: list[tuple[float, float]] = []
    temperatures = Temperatures(warm, MOUNTING, FeverRules())
    temperatures.measured = lambda decision, celsius: late.append((decision.captured_s, celsius))
    temperatures.look(frame(1.0), [face(1, distance_m=3.0)])
    assert temperatures.of(SEEN) is None
    for second in (2.0, 3.0, 4.0):
        temperatures.look(frame(second), [face(1, "hs-1", distance_m=3.0 if second < 3 else 0.6)])
    assert late == [(3.0, pytest.approx(36.5, abs=0.1))]


def test_whoever_left_unmeasured_is_not_measured_as_the_next(warm: Sampler):
    late: list[float] = []
    temperatures = Temperatures(warm, MOUNTING, FeverRules())
    temperatures.measured = lambda decision, celsius: late.append(celsius)
    assert temperatures.of(SEEN) is None
    temperatures.look(frame(), [face(2)])
    temperatures.look(frame(), [face(1)])
    assert late == []


def test_nobody_unknown_is_owed_a_temperature(warm: Sampler):
    late: list[float] = []
    temperatures = Temperatures(warm, MOUNTING, FeverRules())
    temperatures.measured = lambda decision, celsius: late.append(celsius)
    unknown = Decision(1, Outcome.UNKNOWN, None, (), None, None, 0.8, 1.0, 1.0, "55533b28")
    assert temperatures.of(unknown) is None
    temperatures.look(frame(), [face(1)])
    assert late == []


def test_what_cannot_be_a_forehead_is_no_temperature():
    thermometer = FakeThermometer()
    thermometer.show(24.0, 24.0)
    with Sampler(thermometer, backoff=Backoff(0.001, 0.001)) as sampler:
        eventually(lambda: sampler.latest(60))
        temperatures = Temperatures(sampler, MOUNTING, FeverRules())
        temperatures.look(frame(), [face(1)])
    assert temperatures.of(SEEN) is None


def test_a_gate_without_a_thermometer_recognises_all_the_same():
    mounted = Mounted()
    mounted.attend(frame(), [face(1)])
    assert mounted.temperature_of(SEEN) is None


def test_who_stands_there_is_known_until_the_picture_is_old():
    now_s = [10.0]
    mounted = Mounted(monotonic=lambda: now_s[0])
    assert mounted.before_the_camera() == ()
    mounted.attend(frame(10.0), [face(1, "hs-1"), face(2)])
    assert mounted.before_the_camera() == (frozenset({"hs-1"}), frozenset())
    now_s[0] += GONE_S + 0.1
    assert mounted.before_the_camera() == ()


def test_somebody_far_behind_does_not_stand_before_the_camera():
    mounted = Mounted(monotonic=lambda: 0.0, min_face_px=40)
    mounted.attend(frame(), [face(1, "hs-1"), face(2, "hs-2", distance_m=8.0)])
    assert mounted.before_the_camera() == (frozenset({"hs-1"}),)


def test_the_camera_is_offered_to_whoever_reads_codes():
    camera = CameraCodes()
    camera.open()
    shown = frame()
    Mounted(readers=Readers((camera,), camera)).attend(shown, [])
    assert camera._offered is shown.image


def test_the_door_opens_for_whoever_was_identified_and_for_nobody_else():
    relay = FakeRelay()
    relay.open()
    latch = Latch(relay, 3.0)
    for signal in (Signal.ASK, Signal.REFUSE, Signal.OK):
        latch.show(signal)
    assert relay.pulses == [3.0]


def test_the_voice_says_its_phrases_and_is_silent_otherwise():
    voice = FakeVoice()
    greeting = Greeting(voice, {Signal.OK: "Xin chào", Signal.ASK: ""})
    for signal in Signal:
        greeting.show(signal)
    assert voice.said == ["Xin chào"]


def test_settings_mount_lights_a_door_and_a_voice_and_let_them_go(monkeypatch: pytest.MonkeyPatch):
    board = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", board)
    with mount(EdgeSettings(ok_pin=17, buzzer_pin=18, door_pin=5, door_low_is_on=True, voice="espeak")) as mounted:
        for indicator in mounted.indicators:
            indicator.show(Signal.OK)
        assert eventually(lambda: board.pin(17).state and not board.pin(5).state)
    assert (board.pin(17).state, board.pin(5).state) == (False, True)


def test_nothing_in_the_settings_is_nothing_mounted():
    with mount(EdgeSettings()) as mounted:
        assert (mounted.indicators, mounted.readers.all, mounted.temperatures) == ([], (), None)


@pytest.mark.parametrize("wrong", [{"readers": "nfc"}, {"thermometer": "thumb"}, {"voice": "siri"}])
def test_what_is_misspelt_is_refused_at_the_start(wrong: dict[str, str]):
    with pytest.raises(Misconfigured), mount(EdgeSettings(**wrong)):
        pass


@pytest.mark.media
def test_the_running_unit_records_a_card_before_its_camera_and_a_finger_on_its_sensor(media: Path, tmp_path: Path):
    """The command itself: a picture with a printed card, a sensor that speaks the real protocol."""
    school = Ed25519PrivateKey.generate()
    text = print_card(Card(key_id=3, serial=7, valid_until=date(2060, 8, 31), person="hs-1"), school.sign)
    (tmp_path / "pictures").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "card.png"), picture_of(text))
    connection = connect(tmp_path / "data")
    credentials = Credentials(connection)
    credentials.trust(3, school.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    credentials.give(Credential(Method.FINGERPRINT, "7", "hs-2"))
    with FakeFingerprintSensor(tmp_path) as sensor:
        sensor.library[7] = "thumb"
        sensor.touch("thumb")
        unit = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--source", str(tmp_path / "pictures"), "--json"],
            env={
                **os.environ,
                "DIEMDANH_EDGE_DATA_DIR": str(tmp_path / "data"),
                "DIEMDANH_EDGE_READERS": f"qr:camera,fingerprint:{sensor.path}",
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            outbox = Outbox(connection, SystemClock())
            events = eventually(
                lambda: len(found := outbox.read(after=0, upto=2**62, limit=9)) == 2 and found, within_s=60
            )
        finally:
            unit.terminate()
            said, _ = unit.communicate(timeout=30)
    assert {(event.method, event.person, event.outcome) for event in events} == {
        ("qr", "hs-1", "identified"),
        ("fingerprint", "hs-2", "identified"),
    }
    assert unit.returncode == 0
    *lines, last = map(json.loads, said.splitlines())
    assert {line["method"] for line in lines} == {"qr", "fingerprint"}
    assert last["frames"] > 0


def picture_of(text: str) -> np.ndarray:
    image = np.full((720, 1280, 3), 120, np.uint8)
    matrix = [
        [0 if dark else 255 for dark in row] for row in segno.make(text, error="m").matrix_iter(scale=5, border=4)
    ]
    image[300 : 300 + len(matrix), 500 : 500 + len(matrix)] = np.array(matrix, np.uint8)[:, :, None]
    return image
