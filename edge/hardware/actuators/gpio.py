"""Pins of a single-board computer, through gpiozero: its factories know the Pi (lgpio), its MockFactory needs no board.

Numbers are GPIO (BCM) numbers, not positions on the header.
"""

import contextlib
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edge.errors import Misconfigured, Unavailable
from edge.hardware.ports import Signal


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one signal looks and sounds like."""

    light_s: float
    beeps: int
    beep_s: float


PATTERNS: Mapping[Signal, Pattern] = {
    Signal.OK: Pattern(light_s=1.5, beeps=1, beep_s=0.12),
    Signal.ASK: Pattern(light_s=2.5, beeps=2, beep_s=0.12),
    Signal.REFUSE: Pattern(light_s=1.5, beeps=0, beep_s=0.0),
}
"""A gate sees many people whom it does not know, such as those who fetch a child: they get a light and no sound."""


@dataclass(frozen=True, slots=True)
class Pins:
    """One light for each signal, or for as many as there are, and a buzzer that sounds when its pin is on."""

    ok: int | None = None
    ask: int | None = None
    refuse: int | None = None
    buzzer: int | None = None


class GpioIndicator:
    """Keeps `ports.Indicator`: a signal replaces the one before, and goes out by itself."""

    def __init__(self, pins: Pins, patterns: Mapping[Signal, Pattern] = PATTERNS) -> None:
        self.name = "lights and buzzer"
        self._numbers = {Signal.OK: pins.ok, Signal.ASK: pins.ask, Signal.REFUSE: pins.refuse}
        self._buzzer_number = pins.buzzer
        self._patterns = patterns
        self._lights: dict[Signal, Any] = {}
        self._buzzer: Any = None

    def open(self) -> None:
        """Raises Misconfigured or Unavailable, as `Relay.open` does."""
        self.close()
        for signal, number in self._numbers.items():
            if number is not None:
                self._lights[signal] = _output(number)
        if self._buzzer_number is not None:
            self._buzzer = _output(self._buzzer_number)

    def show(self, signal: Signal) -> None:
        pattern = self._patterns[signal]
        try:
            for other, light in self._lights.items():
                if other is not signal:
                    light.off()
            if signal in self._lights:
                self._lights[signal].blink(on_time=pattern.light_s, off_time=0, n=1, background=True)
            if self._buzzer is not None:
                if pattern.beeps:
                    beep_s = pattern.beep_s
                    self._buzzer.blink(on_time=beep_s, off_time=beep_s, n=pattern.beeps, background=True)
                else:
                    self._buzzer.off()
        except Exception as error:
            raise _gone(self.name, error) from error

    def close(self) -> None:
        for output in [*self._lights.values(), *filter(None, [self._buzzer])]:
            _let_go(output)
        self._lights, self._buzzer = {}, None


class GpioRelay:
    """Keeps `port.Relay`. Many boards switch on when their pin is low: `active_high=False`."""

    def __init__(self, pin: int, *, active_high: bool = True, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pin = pin
        self._active_high = active_high
        self._monotonic = monotonic
        self._output: Any = None
        self._until_s = 0.0

    @property
    def name(self) -> str:
        return f"relay on GPIO {self._pin}"

    def open(self) -> None:
        self.close()
        self._output = _output(self._pin, active_high=self._active_high)
        self._until_s = 0.0

    def pulse(self, seconds: float) -> None:
        if self._output is None:
            raise Unavailable(f"{self.name}: not open.")
        now_s = self._monotonic()
        self._until_s = max(self._until_s, now_s + seconds)
        try:
            self._output.blink(on_time=self._until_s - now_s, off_time=0, n=1, background=True)
        except Exception as error:
            raise _gone(self.name, error) from error

    def close(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            _let_go(output)


def _output(pin: int, *, active_high: bool = True) -> Any:
    try:
        import gpiozero
    except ImportError as error:
        raise Misconfigured("gpiozero is not here: install diemdanh with its extra [sensors].") from error
    try:
        with warnings.catch_warnings():
            # It warns of every factory that this board is not made for.
            warnings.simplefilter("ignore", gpiozero.exc.PinFactoryFallback)
            return gpiozero.DigitalOutputDevice(pin, active_high=active_high, initial_value=False)
    except gpiozero.exc.BadPinFactory as error:
        raise Misconfigured("this machine has no GPIO pins that gpiozero could use. Is lgpio installed?") from error
    except gpiozero.exc.GPIOZeroError as error:
        raise Misconfigured(f"GPIO {pin}: {error}. Pins are given by GPIO number, and each is used once.") from error
    except Exception as error:
        raise _gone(f"GPIO {pin}", error) from error


def _let_go(output: Any) -> None:
    """gpiozero's own `close` lets the pin float, and a relay with it."""
    with contextlib.suppress(Exception):
        output.off()
    with contextlib.suppress(Exception):
        output.close()


def _gone(name: str, error: Exception) -> Unavailable:
    """A pin factory's own errors have no common base: lgpio raises its own, and OSError."""
    return Unavailable(f"{name}: {error}. Is this user in the group `gpio`?")
