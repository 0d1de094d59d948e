"""From the keys that a scanner presses to the line it meant. Pure.

Barcode scanners and many card readers pose as keyboards ("keyboard wedge"): they press the keys of their code on a US
layout, some 5 to 20 ms apart, and Enter at the end. Key codes: linux/input-event-codes.h.
"""

from dataclasses import dataclass

UP, DOWN = 0, 1
MAX_LINE = 512
MAX_GAP_S = 0.5
"""No scanner pauses that long within a line: what came before was a torn line, or a person at a keyboard."""

_SHIFT = frozenset({42, 54})
_CAPS_LOCK = 58
_END = frozenset({15, 28, 96})
"""Tab, Enter and the keypad's Enter: whichever the scanner is set to."""
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
_PLAIN = {start + i: character for start, plain, _ in _ROWS for i, character in enumerate(plain)}
_SHIFTED = {start + i: character for start, _, shifted in _ROWS for i, character in enumerate(shifted)}


@dataclass(slots=True)
class Keystrokes:
    """Feed it every key event; now and then a line comes out."""

    _line: str = ""
    _spoilt: bool = False
    """Too long, or with a key that writes nothing: dropped up to the next Enter."""
    _shifts: int = 0
    _caps: bool = False
    _last_s: float | None = None

    def feed(self, code: int, value: int, at_s: float) -> str | None:
        """One event of a key: `value` 1 pressed, 0 released, 2 repeated by being held. A whole line, or None."""
        if code in _SHIFT:
            self._shifts = max(0, self._shifts + (1 if value == DOWN else -1 if value == UP else 0))
            return None
        if value != DOWN:
            return None
        if code == _CAPS_LOCK:
            self._caps = not self._caps
            return None
        if self._last_s is not None and not 0 <= at_s - self._last_s <= MAX_GAP_S:
            self._line, self._spoilt = "", False
        self._last_s = at_s
        if code in _END:
            line, spoilt = self._line, self._spoilt
            self._line, self._spoilt = "", False
            return line if line and not spoilt else None
        character = (_SHIFTED if self._shifts else _PLAIN).get(code)
        if character is None or len(self._line) >= MAX_LINE:
            self._spoilt = True
        else:
            self._line += character.swapcase() if self._caps and character.isalpha() else character
        return None
