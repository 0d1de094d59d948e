"""One suite for every reader, its fake included: keys through a pipe, codes in pictures, fingers over a serial line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from edge.contract import Method
from edge.errors import Misconfigured, Unavailable
from edge.hardware.readers.camera import CameraCodes
from edge.hardware.readers.fake import FakeReader
from edge.hardware.readers.fingerprint.fake import FakeFingerprintSensor
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.hardware.readers.hid import HidReader
from edge.hardware.readers.port import Presented, Reader
from tests.edge.hardware.readers.keyboard import Keyboard, events

NOTHING_S = 0.2
SOON_S = 10.0


@dataclass
class Bench:
    reader: Reader
    method: Method
    texts: tuple[str, str]
    show: Callable[[str], None]
    unplug: Callable[[], None] | None
    """None for the camera's codes, which have no plug of their own."""
    plug_in: Callable[[], None] | None
    leave: list[Callable[[], None]] = field(default_factory=list)


def picture(*texts: str) -> np.ndarray:
    """(720, 1280, 3): cards held before the camera."""
    image = np.full((720, 1280, 3), 110, np.uint8)
    for i, text in enumerate(texts):
        code = segno.make(text, error="m", micro=False)
        matrix = np.array([[0 if module else 255 for module in row] for row in code.matrix_iter(scale=4, border=4)])
        top, left = 250, 250 + 420 * i
        image[top : top + len(matrix), left : left + len(matrix)] = matrix[:, :, None]
    return cv2.GaussianBlur(image, (3, 3), 0)


def _fake(folder: Path) -> Bench:
    reader = FakeReader(Method.CARD)
    return Bench(reader, Method.CARD, ("0004512345", "77"), reader.show, reader.unplug, reader.plug_in)


def _hid(folder: Path) -> Bench:
    keyboard = Keyboard(folder / "event-kbd")
    reader = HidReader(keyboard.path, Method.CARD, take=lambda handle: None)
    return Bench(
        reader, Method.CARD, ("0004512345", "DD7Q-x:y"), keyboard.type, keyboard.unplug, keyboard.plug_in,
        [keyboard.unplug],
    )  # fmt: skip


def _camera(folder: Path) -> Bench:
    now_s = [0.0]

    def later() -> float:
        now_s[0] += 0.001
        return now_s[0]

    reader = CameraCodes(monotonic=later)

    def show(text: str) -> None:
        now_s[0] += 5
        reader.offer(picture(text))

    return Bench(reader, Method.QR, ("DDABC234", "DDXYZ567"), show, None, None)


def _finger(folder: Path) -> Bench:
    sensor = FakeFingerprintSensor(folder).__enter__()
    sensor.library |= {7: "right thumb", 11: "left thumb"}
    reader = FingerprintSensor(str(sensor.path), sleep=lambda s: None)
    return Bench(
        reader, Method.FINGERPRINT, ("7", "11"), lambda slot: sensor.touch(sensor.library[int(slot)]),
        sensor.unplug, sensor.plug_in, [sensor.unplug],
    )  # fmt: skip


BENCHES = {"fake": _fake, "hid": _hid, "camera": _camera, "fingerprint": _finger}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    made = BENCHES[request.param](tmp_path)
    yield made
    made.reader.close()
    for leave in made.leave:
        leave()


def read(bench: Bench) -> Presented:
    found = bench.reader.read(SOON_S)
    assert found is not None
    return found


def test_what_is_shown_is_what_is_read(bench: Bench):
    bench.reader.open()
    for text in bench.texts:
        bench.show(text)
        found = read(bench)
        assert (found.method, found.text, found.reader) == (bench.method, text, bench.reader.name)


def test_the_same_again_later_is_a_new_showing(bench: Bench):
    bench.reader.open()
    for _ in range(2):
        bench.show(bench.texts[0])
        assert read(bench).text == bench.texts[0]


def test_one_showing_is_read_once(bench: Bench):
    bench.reader.open()
    bench.show(bench.texts[0])
    read(bench)
    assert bench.reader.read(NOTHING_S) is None


def test_nothing_shown_is_none(bench: Bench):
    bench.reader.open()
    assert bench.reader.read(0.0) is None
    assert bench.reader.read(0.02) is None


def test_closing_twice_is_harmless_and_it_opens_again(bench: Bench):
    bench.reader.close()
    bench.reader.open()
    bench.reader.close()
    bench.reader.close()
    bench.reader.open()
    bench.show(bench.texts[1])
    assert read(bench).text == bench.texts[1]


@pytest.mark.parametrize("bench", sorted(BENCHES.keys() - {"camera"}), indirect=True)
def test_a_reader_that_goes_away_is_unavailable_and_comes_back(bench: Bench):
    bench.reader.open()
    bench.unplug()
    with pytest.raises(Unavailable, match=bench.reader.name):
        bench.reader.read(SOON_S)
    bench.reader.close()
    with pytest.raises(Unavailable, match=bench.reader.name):
        bench.reader.open()
    bench.plug_in()
    bench.reader.open()
    bench.show(bench.texts[0])
    assert read(bench).text == bench.texts[0]


def test_a_file_that_is_no_keyboard_is_for_a_person(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("not a keyboard")
    with pytest.raises(Misconfigured, match="not an input device"):
        HidReader(tmp_path / "notes.txt", Method.CARD).open()


def test_a_keyboard_that_another_program_holds_is_unavailable(tmp_path: Path):
    def held(handle: int) -> None:
        raise OSError(16, "Device or resource busy")

    keyboard = Keyboard(tmp_path / "event-kbd")
    with pytest.raises(Unavailable, match="Another program holds it"):
        HidReader(keyboard.path, Method.CARD, take=held).open()
    keyboard.unplug()


def test_several_lines_and_torn_events_arrive_whole(tmp_path: Path):
    keyboard = Keyboard(tmp_path / "event-kbd")
    reader = HidReader(keyboard.path, Method.QR, take=lambda handle: None)
    reader.open()
    raw = events("111", start_s=1) + events("222", start_s=3)
    keyboard.send(raw[:37])
    assert reader.read(0.0) is None
    keyboard.send(raw[37:])
    assert [reader.read(SOON_S).text, reader.read(SOON_S).text] == ["111", "222"]
    reader.close()
    keyboard.unplug()


def test_two_cards_in_one_picture_are_two_showings():
    reader = CameraCodes()
    reader.open()
    reader.offer(picture("DDONE234", "DDTWO567"))
    assert [reader.read(SOON_S).text, reader.read(SOON_S).text] == ["DDONE234", "DDTWO567"]


def test_a_card_that_stays_in_the_picture_is_one_showing_until_it_was_away():
    now_s = [0.0]
    reader = CameraCodes(monotonic=lambda: now_s[0])
    reader.open()
    shown = []
    for second in (0, 1, 2, 3, 4, 9):
        now_s[0] = float(second)
        reader.offer(picture("DDABC234"))
        # The clock stands still: a read that finds nothing new would wait for ever.
        reader._look(reader._region.of(picture("DDABC234")))
        shown.append(list(reader._found))
        reader._found.clear()
    assert shown == [["DDABC234"], [], [], [], [], ["DDABC234"]]


def test_pictures_are_looked_at_a_few_times_a_second_at_most():
    now_s = [0.0]
    reader = CameraCodes(reads_a_second=5, monotonic=lambda: now_s[0])
    reader.open()
    reader.offer(picture("DDABC234"))
    assert reader.read(SOON_S) is not None
    now_s[0] = 0.1
    reader.offer(picture("DDXYZ567"))
    assert reader._offered is None
    now_s[0] = 0.21
    reader.offer(picture("DDXYZ567"))
    assert reader.read(SOON_S).text == "DDXYZ567"


def test_a_code_outside_the_region_is_not_read():
    image = np.full((720, 1280, 3), 110, np.uint8)
    image[:140] = picture("DDABC234")[240:380]
    reader = CameraCodes()
    reader.open()
    reader.offer(image)
    assert reader.read(NOTHING_S) is None
