import pytest

from edge.backoff import Backoff
from edge.errors import Misconfigured
from edge.hardware.thermometer.fake import FakeThermometer
from edge.hardware.thermometer.sampling import Sampler
from tests.services.waiting import eventually


def at_once() -> Backoff:
    return Backoff(first_s=0.001, ceiling_s=0.001)


def test_the_newest_measurement_is_there_without_waiting():
    thermometer = FakeThermometer()
    thermometer.show(36.5)
    with Sampler(thermometer, backoff=at_once()) as sampler:
        newest = eventually(lambda: sampler.latest(max_age_s=60))
    assert newest.apparent_c.max() == pytest.approx(36.5)
    assert thermometer.calls[-1] == "close"


def test_before_the_first_measurement_there_is_none():
    assert Sampler(FakeThermometer()).latest(max_age_s=60) is None


def test_what_is_too_old_is_not_handed_out():
    now_s = [0.0]
    thermometer = FakeThermometer()
    with Sampler(thermometer, backoff=at_once(), monotonic=lambda: now_s[0]) as sampler:
        eventually(lambda: sampler.latest(max_age_s=1))
        thermometer.unplug()
        eventually(lambda: thermometer.calls.count("open") > 1)
        now_s[0] = 1.5
        assert sampler.latest(max_age_s=1) is None
        assert sampler.latest(max_age_s=2) is not None


def test_a_sensor_that_comes_back_measures_again(caplog: pytest.LogCaptureFixture):
    thermometer = FakeThermometer()
    thermometer.unplug()
    with Sampler(thermometer, backoff=at_once()) as sampler:
        eventually(lambda: thermometer.calls.count("open") > 2)
        assert sampler.latest(max_age_s=60) is None
        thermometer.plug_in()
        eventually(lambda: sampler.latest(max_age_s=60))
    assert "device lost" in caplog.text


def test_a_garbled_measurement_is_passed_over(caplog: pytest.LogCaptureFixture):
    thermometer = FakeThermometer()
    thermometer.garble()
    with Sampler(thermometer, backoff=at_once()) as sampler:
        eventually(lambda: sampler.latest(max_age_s=60))
    assert thermometer.calls.count("open") == 1
    assert "measurement passed over" in caplog.text


def test_what_only_a_person_can_mend_is_said_once_and_left_alone(caplog: pytest.LogCaptureFixture):
    class Missing(FakeThermometer):
        def open(self) -> None:
            super().open()
            raise Misconfigured("/dev/i2c-1: no such bus.")

    thermometer = Missing()
    with Sampler(thermometer, backoff=at_once()) as sampler:
        eventually(lambda: thermometer.calls.count("close") == 1)
        assert sampler.latest(max_age_s=60) is None
    assert caplog.text.count("device off: /dev/i2c-1: no such bus.") == 1
