import queue

import pytest

from edge.backoff import Backoff
from edge.contract import Method
from edge.errors import Misconfigured
from edge.hardware.readers.camera import CameraCodes
from edge.hardware.readers.fake import FakeReader
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.hardware.readers.hid import HidReader
from edge.hardware.readers.listening import listen
from edge.hardware.readers.port import Presented
from edge.hardware.readers.select import open_readers
from tests.services.waiting import eventually


def at_once() -> Backoff:
    return Backoff(first_s=0.001, ceiling_s=0.001)


def test_every_reader_is_heard_in_one_place():
    heard: queue.Queue[Presented] = queue.Queue()
    cards, codes = FakeReader(Method.CARD, "left"), FakeReader(Method.QR, "right")
    with listen([cards, codes], heard.put, backoff=at_once):
        cards.show("0004512345")
        assert (heard.get(timeout=10).reader, heard.empty()) == ("left", True)
        codes.show("DDABC")
        assert heard.get(timeout=10).method is Method.QR
    assert cards.calls[-1] == codes.calls[-1] == "close"


def test_one_reader_that_is_away_does_not_silence_the_other():
    heard: queue.Queue[Presented] = queue.Queue()
    away, there = FakeReader(Method.CARD, "away"), FakeReader(Method.CARD, "there")
    away.unplug()
    with listen([away, there], heard.put, backoff=at_once):
        there.show("1")
        assert heard.get(timeout=10).text == "1"
        eventually(lambda: away.calls.count("open") > 3)
        away.plug_in()
        away.show("2")
        assert heard.get(timeout=10).text == "2"


def test_settings_name_readers():
    readers = open_readers(
        "qr:camera, card:/dev/input/by-id/usb-x-event-kbd,qr:/dev/input/event3,fingerprint:/dev/serial0"
    )
    assert [type(reader) for reader in readers.all] == [HidReader, HidReader, FingerprintSensor, CameraCodes]
    assert readers.camera is readers.all[-1]
    assert open_readers("").all == ()


def test_two_fingerprint_sensors_are_refused_for_a_slot_would_mean_two_people():
    with pytest.raises(Misconfigured, match="second fingerprint sensor"):
        open_readers("fingerprint:/dev/serial0,fingerprint:/dev/ttyUSB0")


def test_a_driver_with_a_fault_of_its_own_is_loud_and_tried_again(caplog: pytest.LogCaptureFixture):
    heard: queue.Queue[Presented] = queue.Queue()

    class Faulty(FakeReader):
        def read(self, timeout_s: float) -> Presented | None:
            if self.calls.count("open") < 2:
                raise ZeroDivisionError
            return super().read(timeout_s)

    reader = Faulty(Method.CARD)
    reader.show("1")
    with listen([reader], heard.put, backoff=at_once):
        assert heard.get(timeout=10).text == "1"
    assert "device failed" in caplog.text


@pytest.mark.parametrize(
    "spec", ["face:camera", "card:camera", "card", "qr:usb", "fingerprint:", "qr:camera;card:/dev/x"]
)
def test_what_is_no_reader_is_refused_with_the_known_ones(spec: str):
    with pytest.raises(Misconfigured, match="qr:camera"):
        open_readers(spec)
