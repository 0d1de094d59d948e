"""One suite for the relay on a pin and its fake."""

from collections.abc import Callable
from dataclasses import dataclass

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from edge.errors import Misconfigured, Unavailable
from edge.hardware.actuators.fake import FakeRelay
from edge.hardware.actuators.gpio import GpioRelay
from edge.hardware.actuators.port import Relay
from tests.services.waiting import eventually

PIN = 17


@dataclass
class Bench:
    relay: Relay
    is_on: Callable[[], bool]
    pass_time: Callable[[float], None]


@pytest.fixture(params=["fake", "gpio", "gpio, low is on"])
def bench(request: pytest.FixtureRequest, board: MockFactory) -> Bench:
    if request.param == "fake":
        fake = FakeRelay()

        def later(seconds: float) -> None:
            fake.now_s += seconds

        return Bench(fake, lambda: fake.is_on, later)
    active_high = request.param == "gpio"
    relay = GpioRelay(PIN, active_high=active_high)
    # Real seconds pass by themselves: the suite only asks what holds in the end.
    return Bench(relay, lambda: board.pin(PIN).state is active_high, lambda seconds: None)


def test_it_is_off_when_opened(bench: Bench):
    bench.relay.open()
    assert not bench.is_on()
    bench.relay.close()


def test_a_pulse_switches_on_and_goes_off_by_itself(bench: Bench):
    bench.relay.open()
    bench.relay.pulse(0.3)
    assert eventually(bench.is_on)
    bench.pass_time(0.4)
    assert eventually(lambda: not bench.is_on())
    bench.relay.close()


def test_a_short_pulse_does_not_shorten_a_long_one(bench: Bench):
    bench.relay.open()
    bench.relay.pulse(60.0)
    bench.relay.pulse(0.01)
    bench.pass_time(1.0)
    assert eventually(bench.is_on)
    bench.relay.close()


def test_closing_switches_off_and_twice_is_harmless(bench: Bench):
    bench.relay.open()
    bench.relay.pulse(60.0)
    bench.relay.close()
    assert not bench.is_on()
    bench.relay.close()


def test_a_relay_that_is_not_open_is_unavailable(bench: Bench):
    with pytest.raises(Unavailable, match=bench.relay.name):
        bench.relay.pulse(1.0)


def test_a_pin_that_is_used_twice_is_for_a_person(board: MockFactory):
    first, second = GpioRelay(PIN), GpioRelay(PIN)
    first.open()
    with pytest.raises(Misconfigured, match="GPIO 17"):
        second.open()
    first.close()


def test_a_machine_without_pins_is_for_a_person(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "none of ours")
    with pytest.raises(Misconfigured, match="no GPIO pins"):
        GpioRelay(PIN).open()


def test_a_pin_that_fails_in_use_is_unavailable(board: MockFactory, monkeypatch: pytest.MonkeyPatch):
    relay = GpioRelay(PIN)
    relay.open()

    def fail(self: object, **options: object) -> None:
        raise OSError(19, "No such device")

    monkeypatch.setattr(gpiozero.DigitalOutputDevice, "blink", fail)
    with pytest.raises(Unavailable, match="No such device"):
        relay.pulse(1.0)
    relay.close()
