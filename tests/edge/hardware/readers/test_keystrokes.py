import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.hardware.readers.keystrokes import MAX_GAP_S, MAX_LINE, Keystrokes
from tests.edge.hardware.readers.keyboard import SHIFT, strokes

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -=[];'`\\,./!@#$%^&*()_+{}:\"~|<>?"
CAPS_LOCK, F1 = 58, 59


def typed(keys: Keystrokes, text: str, *, start_s: float = 0.0, step_s: float = 0.01) -> list[str]:
    lines = (keys.feed(code, value, start_s + i * step_s) for i, (code, value) in enumerate(strokes(text)))
    return [line for line in lines if line is not None]


@given(text=st.text(LETTERS, min_size=1, max_size=60))
def test_what_a_scanner_types_is_the_line(text: str):
    assert typed(Keystrokes(), text, step_s=0.001) == [text]


def test_enter_alone_is_no_line():
    assert typed(Keystrokes(), "") == []


@pytest.mark.parametrize("end", [15, 28, 96])
def test_tab_and_both_enters_end_a_line(end: int):
    keys = Keystrokes()
    keys.feed(30, 1, 0.0)
    assert keys.feed(end, 1, 0.01) == "a"


def test_a_pause_begins_a_new_line():
    keys = Keystrokes()
    for code, value in strokes("12345")[:-2]:
        keys.feed(code, value, 0.0)
    assert typed(keys, "678", start_s=MAX_GAP_S + 0.01) == ["678"]


def test_a_clock_that_jumps_back_begins_a_new_line():
    keys = Keystrokes()
    keys.feed(30, 1, 100.0)
    assert typed(keys, "678", start_s=5.0) == ["678"]


def test_a_line_that_is_too_long_is_dropped_and_the_next_is_read():
    keys = Keystrokes()
    assert typed(keys, "7" * (MAX_LINE + 1)) == []
    assert typed(keys, "123", start_s=100) == ["123"]
    assert typed(keys, "7" * MAX_LINE, start_s=200) == ["7" * MAX_LINE]


def test_a_key_that_writes_nothing_spoils_its_line_only():
    keys = Keystrokes()
    keys.feed(F1, 1, 0.0)
    assert typed(keys, "123", start_s=0.01) == []
    assert typed(keys, "456", start_s=0.2) == ["456"]


def test_a_key_that_is_held_writes_once():
    keys = Keystrokes()
    for value in (1, 2, 2, 2, 0):
        keys.feed(30, value, 0.0)
    assert keys.feed(28, 1, 0.1) == "a"


def test_caps_lock_turns_letters_and_leaves_digits():
    keys = Keystrokes()
    keys.feed(CAPS_LOCK, 1, 0.0)
    assert typed(keys, "aB1-", start_s=0.01) == ["Ab1-"]


def test_a_release_of_shift_that_was_pressed_before_we_listened_does_no_harm():
    keys = Keystrokes()
    keys.feed(SHIFT, 0, 0.0)
    assert typed(keys, "aA", start_s=0.01) == ["aA"]


@given(
    st.lists(
        st.tuples(st.integers(0, 65_535), st.integers(-(2**31), 2**31 - 1), st.floats(allow_nan=True)), max_size=200
    )
)
def test_any_events_are_lines_of_bounded_length_or_nothing(events: list[tuple[int, int, float]]):
    keys = Keystrokes()
    for code, value, at_s in events:
        line = keys.feed(code, value, at_s)
        assert line is None or 0 < len(line) <= MAX_LINE
