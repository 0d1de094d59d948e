import pytest

from edge.backoff import Backoff
from edge.contract import CameraState
from edge.errors import Misconfigured
from edge.hardware.fake import FakeCamera
from edge.hardware.live import STALLED_S, LiveSource
from tests.edge.hardware.clips import number_of, numbered_image


def at_once() -> Backoff:
    return Backoff(first_s=0.001, ceiling_s=0.001)


def test_a_camera_that_vanishes_is_found_again_without_the_consumer_noticing(caplog: pytest.LogCaptureFixture):
    camera = FakeCamera()
    camera.show(numbered_image(1))
    with LiveSource(camera, backoff=at_once()) as source:
        frames = iter(source)
        assert number_of(next(frames).image) == 1
        assert source.state is CameraState.OK
        camera.unplug()
        while camera.calls.count("open") < 3:  # it knocks again and again
            pass
        assert source.state is CameraState.LOST
        camera.plug_in()
        camera.show(numbered_image(2))
        again = next(frames)
        camera.unplug()
    assert number_of(again.image) == 2
    assert again.index == 1
    assert "camera lost" in caplog.text


def test_a_slow_consumer_gets_the_newest_picture_and_the_count_of_what_it_missed():
    camera = FakeCamera()
    with LiveSource(camera, backoff=at_once()) as source:
        frames = iter(source)
        camera.show(numbered_image(0))
        assert next(frames).index == 0
        for number in range(1, 6):
            camera.show(numbered_image(number))
        camera.unplug()
        while camera.calls.count("close") == 0:  # everything shown has been read by now
            pass
        newest = next(frames)
    assert (newest.index, number_of(newest.image)) == (5, 5)


def test_a_damaged_picture_is_passed_over(caplog: pytest.LogCaptureFixture):
    camera = FakeCamera()
    camera.show_garbage()
    camera.show(numbered_image(3))
    with LiveSource(camera, backoff=at_once()) as source:
        assert number_of(next(iter(source)).image) == 3
        camera.unplug()
    assert "picture passed over" in caplog.text


def test_a_camera_that_hangs_is_reported_as_lost():
    camera = FakeCamera()
    camera.show(numbered_image(0))
    now_s = [0.0]
    with LiveSource(camera, backoff=at_once(), monotonic=lambda: now_s[0]) as source:
        next(iter(source))
        assert source.state is CameraState.OK
        now_s[0] += STALLED_S
        assert source.state is CameraState.LOST
        camera.unplug()


def test_what_only_a_person_can_mend_reaches_the_consumer():
    class WithoutLibrary(FakeCamera):
        def open(self) -> None:
            raise Misconfigured("picamera2 is not here: apt install python3-picamera2")

    with LiveSource(WithoutLibrary()) as source, pytest.raises(Misconfigured, match="apt install"):
        next(iter(source))


def test_the_waits_grow_to_their_ceiling_and_start_again_after_success():
    backoff = Backoff(first_s=1, ceiling_s=8, chance=lambda: 1.0)
    waits = [backoff.next_s() for _ in range(5)]
    backoff.succeeded()
    assert (waits, backoff.next_s()) == ([1, 2, 4, 8, 8], 1)


def test_the_waits_are_spread_over_the_whole_interval():
    assert Backoff(first_s=4, ceiling_s=8, chance=lambda: 0.25).next_s() == 1
