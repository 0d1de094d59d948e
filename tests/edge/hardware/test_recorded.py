from edge.contract import CameraState
from edge.hardware.fake import FakeCamera
from edge.hardware.ports import Picture
from edge.hardware.recorded import RecordedSource
from tests.edge.hardware.clips import number_of, numbered_image


class Hands:
    """A clock whose hands move when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def clip(frames: int, interval_s: float) -> FakeCamera:
    camera = FakeCamera()
    for number in range(frames):
        camera.show(numbered_image(number), number * interval_s)
    camera.end()
    return camera


def test_fast_gives_every_frame_without_waiting():
    hands = Hands()
    with RecordedSource(clip(5, 0.1), real_time=False, monotonic=hands.monotonic, sleep=hands.sleep) as source:
        frames = list(source)
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2, 3, 4]
    assert hands.now_s == 100.0


def test_real_time_gives_each_frame_when_it_is_due():
    hands = Hands()
    with RecordedSource(clip(5, 0.5), real_time=True, monotonic=hands.monotonic, sleep=hands.sleep) as source:
        grabbed = [frame.grabbed_s for frame in source]
    assert grabbed == [100.0, 100.5, 101.0, 101.5, 102.0]


def test_real_time_drops_what_a_slow_reader_missed_and_counts_it():
    hands = Hands()
    indices = []
    with RecordedSource(clip(9, 0.1), real_time=True, monotonic=hands.monotonic, sleep=hands.sleep) as source:
        for frame in source:
            indices.append(frame.index)
            hands.sleep(0.35)
    assert indices == [0, 3, 6]


def test_a_clip_of_one_picture_that_takes_long_to_read_is_shown():
    hands = Hands()

    class Slow(FakeCamera):
        def read(self) -> Picture | None:
            hands.sleep(0.02)
            return super().read()

    camera = Slow()
    camera.show(numbered_image(7), 0.0)
    camera.end()
    with RecordedSource(camera, real_time=True, monotonic=hands.monotonic, sleep=hands.sleep) as source:
        assert [number_of(frame.image) for frame in source] == [7]


def test_the_state_says_whether_pictures_arrive():
    source = RecordedSource(clip(2, 0.1), real_time=False)
    states = [source.state]
    with source:
        states.append(source.state)
        list(source)
        states.append(source.state)
    assert states == [CameraState.NONE, CameraState.OK, CameraState.NONE]
