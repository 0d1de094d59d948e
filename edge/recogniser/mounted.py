"""What the settings say is mounted beside the camera: readers, thermometer, lights, door, voice. All optional."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from edge.frame import Frame
from edge.hardware.actuators.gpio import GpioIndicator, GpioRelay, Pins
from edge.hardware.actuators.port import Relay, Voice
from edge.hardware.actuators.voice import open_voice
from edge.hardware.ports import Indicator, Signal
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.hardware.readers.select import Readers, open_readers
from edge.hardware.thermometer.fever import FeverRules
from edge.hardware.thermometer.sampling import Sampler
from edge.hardware.thermometer.select import open_thermometer
from edge.recogniser.fingers import ForgettingSensor
from edge.recogniser.loop import Decision, Present
from edge.recogniser.showing import Faces
from edge.recogniser.temperatures import Mounting, Temperatures
from edge.settings import EdgeSettings

GONE_S = 1.0
"""After so long without a picture nobody is known to stand there."""


class Latch:
    """An `Indicator` that opens the door for whoever was identified."""

    def __init__(self, relay: Relay, open_s: float) -> None:
        self._relay = relay
        self._open_s = open_s

    def show(self, signal: Signal) -> None:
        if signal is Signal.OK:
            self._relay.pulse(self._open_s)


class Greeting:
    """An `Indicator` that speaks."""

    def __init__(self, voice: Voice, phrases: dict[Signal, str]) -> None:
        self._voice = voice
        self._phrases = phrases

    def show(self, signal: Signal) -> None:
        if phrase := self._phrases.get(signal):
            self._voice.say(phrase)


@dataclass(slots=True)
class Mounted:
    readers: Readers = field(default_factory=Readers)
    indicators: Sequence[Indicator] = ()
    temperatures: Temperatures | None = None
    min_face_px: int = 40
    monotonic: Callable[[], float] = time.monotonic
    _there: tuple[float, Faces] = (-GONE_S, ())

    def attend(self, frame: Frame, present: Sequence[Present]) -> None:
        """For `recognise`: what everybody here wants to know of a frame."""
        if self.readers.camera is not None:
            self.readers.camera.offer(frame.image)
        near = (one for one in present if min(one.box.width, one.box.height) >= self.min_face_px)
        self._there = (frame.grabbed_s, tuple(frozenset(who_it_may_be(one)) for one in near))
        if self.temperatures is not None:
            self.temperatures.look(frame, present)

    def temperature_of(self, decision: Decision) -> float | None:
        return self.temperatures.of(decision) if self.temperatures is not None else None

    def before_the_camera(self) -> Faces:
        """Who stands there now; see `showing.doubt`. Any thread may ask."""
        seen_s, persons = self._there
        return persons if self.monotonic() - seen_s <= GONE_S else ()


def who_it_may_be(one: Present) -> tuple[str, ...]:
    return (one.person,) if one.person is not None else one.look_alikes


@contextmanager
def mount(settings: EdgeSettings) -> Iterator[Mounted]:
    """Everything that the settings name, switched on until this is left.

    Raises Misconfigured for what only a person can mend, Unavailable for pins that do not answer. Readers and the
    thermometer may come and go.
    """
    with ExitStack() as stack:
        temperatures = None
        if settings.thermometer:
            sampler = stack.enter_context(Sampler(open_thermometer(settings.thermometer)))
            temperatures = Temperatures(
                sampler, _mounting(settings), FeverRules(fever_c=settings.fever_c, heat_loss=settings.skin_heat_loss)
            )
        yield Mounted(
            readers=_readers(settings),
            indicators=_indicators(settings, stack),
            temperatures=temperatures,
            min_face_px=settings.min_face_px,
        )


def _readers(settings: EdgeSettings) -> Readers:
    readers = open_readers(settings.readers)
    forgetting = [
        ForgettingSensor(one, settings.data_dir) if isinstance(one, FingerprintSensor) else one for one in readers.all
    ]
    return replace(readers, all=tuple(forgetting))


def _mounting(settings: EdgeSettings) -> Mounting:
    return Mounting(
        field_deg=settings.camera_field_deg,
        height_m=settings.camera_height_m,
        tilt_deg=settings.camera_tilt_deg,
        sensor_right_m=settings.sensor_right_m,
        sensor_below_m=settings.sensor_below_m,
        sensor_mirrored=settings.sensor_mirrored,
    )


def _indicators(settings: EdgeSettings, stack: ExitStack) -> list[Indicator]:
    indicators: list[Indicator] = []
    pins = Pins(settings.ok_pin, settings.ask_pin, settings.refuse_pin, settings.buzzer_pin)
    if pins != Pins():
        lights = GpioIndicator(pins)
        stack.callback(lights.close)
        lights.open()
        indicators.append(lights)
    if settings.door_pin is not None:
        door = GpioRelay(settings.door_pin, active_high=not settings.door_low_is_on)
        stack.callback(door.close)
        door.open()
        indicators.append(Latch(door, settings.door_s))
    if settings.voice:
        voice = open_voice(settings.voice)
        stack.callback(voice.close)
        indicators.append(Greeting(voice, {Signal.OK: settings.voice_ok, Signal.ASK: settings.voice_ask}))
    return indicators
