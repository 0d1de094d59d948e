"""A barcode scanner or a card reader that poses as a keyboard: /dev/input/by-id/usb-...-event-kbd.

The kernel's own interface (linux/input.h: `struct input_event`, EVIOCGRAB), 24 bytes an event on a 64-bit board; the
evdev package would add a C compiler to every installation for the same read.
"""

import errno
import fcntl
import os
import select
import struct
import time
from collections.abc import Callable
from pathlib import Path

from edge.contract import Method
from edge.errors import Misconfigured, Unavailable
from edge.hardware.readers.keystrokes import Keystrokes
from edge.hardware.readers.port import Presented

EVENT = struct.Struct("@llHHi")
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
EVIOCGRAB = 0x40044590


def grab(handle: int) -> None:
    """From now on its keys reach nobody else: no console, no kiosk browser. Raises OSError."""
    fcntl.ioctl(handle, EVIOCGRAB, 1)


class HidReader:
    """`method` is what a line of this device means: QR for a scanner, CARD for a reader of chips."""

    def __init__(
        self,
        device: Path,
        method: Method,
        *,
        take: Callable[[int], None] = grab,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._method = method
        self._take = take
        self._monotonic = monotonic
        self._handle: int | None = None
        self._buffer = b""
        self._keys = Keystrokes()
        self._lines: list[str] = []

    @property
    def name(self) -> str:
        return str(self._device)

    def open(self) -> None:
        self.close()
        try:
            self._handle = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._take(self._handle)
        except OSError as error:
            self.close()
            if error.errno == errno.ENOTTY:
                raise Misconfigured(f"{self._device}: not an input device. They are under /dev/input/by-id.") from error
            raise Unavailable(f"{self._device}: {error.strerror}. {_advice(error)}") from error
        self._buffer, self._keys = b"", Keystrokes()
        self._lines.clear()

    def read(self, timeout_s: float) -> Presented | None:
        deadline_s = self._monotonic() + timeout_s
        while not self._lines:
            left_s = deadline_s - self._monotonic()
            if left_s < 0 or not self._receive(left_s):
                return None
        return Presented(self._method, self._lines.pop(0), self.name, self._monotonic())

    def close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _receive(self, timeout_s: float) -> bool:
        """False when nothing came in time."""
        if self._handle is None:
            raise Unavailable(f"{self._device}: not open.")
        ready, _, _ = select.select([self._handle], [], [], timeout_s)
        if not ready:
            return False
        try:
            received = os.read(self._handle, 64 * EVENT.size)
        except BlockingIOError:
            return True
        except OSError as error:
            raise Unavailable(f"{self._device}: {error.strerror}. {_advice(error)}") from error
        if not received:
            raise Unavailable(f"{self._device}: it is gone. Was it unplugged?")
        self._buffer += received
        whole = len(self._buffer) // EVENT.size * EVENT.size
        for seconds, micros, kind, code, value in EVENT.iter_unpack(self._buffer[:whole]):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._keys = Keystrokes()
            elif kind == EV_KEY and (line := self._keys.feed(code, value, seconds + micros / 1e6)):
                self._lines.append(line)
        self._buffer = self._buffer[whole:]
        return True


def _advice(error: OSError) -> str:
    if error.errno == errno.EACCES:
        return "Is this user in the group `input`?"
    if error.errno == errno.EBUSY:
        return "Another program holds it."
    return "Plug it in; `ls /dev/input/by-id` shows them."
