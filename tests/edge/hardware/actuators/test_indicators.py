from gpiozero.pins.mock import MockFactory

from edge.hardware.actuators.gpio import PATTERNS, GpioIndicator, Pattern, Pins
from edge.hardware.ports import Indicator, Signal
from tests.services.waiting import eventually

PINS = Pins(ok=17, ask=27, refuse=22, buzzer=18)
QUICK = {
    Signal.OK: Pattern(light_s=0.05, beeps=1, beep_s=0.01),
    Signal.ASK: Pattern(light_s=60.0, beeps=3, beep_s=0.01),
    Signal.REFUSE: Pattern(light_s=60.0, beeps=0, beep_s=0.0),
}


def lit(board: MockFactory) -> set[str]:
    return {name for name in ("ok", "ask", "refuse") if board.pin(getattr(PINS, name)).state}


def beeps(board: MockFactory) -> int:
    return sum(bool(change.state) for change in board.pin(PINS.buzzer).states)


def test_every_signal_has_a_pattern():
    assert PATTERNS.keys() == set(Signal)


def test_a_signal_lights_its_lamp_beeps_and_goes_out(board: MockFactory):
    indicator = GpioIndicator(PINS, QUICK)
    indicator.open()
    indicator.show(Signal.OK)
    eventually(lambda: beeps(board) == 1 and not lit(board))
    assert any(change.state for change in board.pin(PINS.ok).states)
    indicator.close()


def test_the_next_signal_replaces_the_one_before(board: MockFactory):
    indicator: Indicator = GpioIndicator(PINS, QUICK)
    indicator.open()
    indicator.show(Signal.REFUSE)
    eventually(lambda: lit(board) == {"refuse"})
    assert beeps(board) == 0
    indicator.show(Signal.ASK)
    eventually(lambda: lit(board) == {"ask"} and beeps(board) == 3)
    indicator.close()
    assert lit(board) == set()


def test_a_gate_with_a_buzzer_alone_only_beeps(board: MockFactory):
    indicator = GpioIndicator(Pins(buzzer=PINS.buzzer), QUICK)
    indicator.open()
    indicator.show(Signal.ASK)
    eventually(lambda: beeps(board) == 3)
    indicator.close()
    indicator.close()
