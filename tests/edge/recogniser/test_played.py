from itertools import islice

from edge.hardware.fake import FakeCamera
from edge.hardware.recorded import RecordedSource
from edge.recogniser.played import PAUSE_S, played
from tests.edge.hardware.clips import numbered_image


class Clip(FakeCamera):
    """Three frames, again after each opening."""

    def open(self) -> None:
        super().open()
        for number in range(3):
            self.show(numbered_image(number), number / 10)
        self.end()


def test_once_ends_with_the_source():
    frames = list(played(RecordedSource(Clip(), real_time=False), once=True))
    assert [frame.index for frame in frames] == [0, 1, 2]


def test_otherwise_a_clip_begins_again_and_its_time_goes_on():
    frames = list(islice(played(RecordedSource(Clip(), real_time=False), once=False), 6))
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4, 5]
    times = [round(frame.t_s, 3) for frame in frames]
    assert times == [0, 0.1, 0.2, 0.2 + PAUSE_S, 0.3 + PAUSE_S, 0.4 + PAUSE_S]
