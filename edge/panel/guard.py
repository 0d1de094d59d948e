"""The guard's PIN: who may check people in by hand, for how long, and how fast one may guess."""

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from edge.errors import Misconfigured
from edge.identity.keys import write_whole

FILE_NAME = "guard-pin"
SHORTEST_PIN = 6
IDLE_S = 180.0
"""An open view closes by itself: a gate is a busy place."""
AT_ONCE = 3
FIRST_WAIT_S = 15.0
LONGEST_WAIT_S = 900.0

HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=2, type=Type.ID)
"""About half a second on a Raspberry Pi 4: a six-digit PIN on a stolen card still falls in days, so change it then."""


def set_pin(data_dir: Path, pin: str) -> None:
    """Raises Misconfigured for a PIN that is none."""
    if not (pin.isdecimal() and len(pin) >= SHORTEST_PIN) or len(set(pin)) == 1:
        raise Misconfigured(f"a PIN has {SHORTEST_PIN} digits or more, and not all the same")
    write_whole(data_dir / FILE_NAME, HASHER.hash(pin).encode(), mode=0o600)


class Guard:
    """Shared by the panel's threads. There is one screen, so failures count for everybody together."""

    def __init__(self, data_dir: Path, monotonic_s: Callable[[], float]) -> None:
        self._file = data_dir / FILE_NAME
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._session: tuple[str, float] | None = None
        self._failures = 0
        self._wait_until_s = 0.0

    @property
    def is_set_up(self) -> bool:
        return self._file.exists()

    def wait_s(self) -> float:
        return max(0.0, self._wait_until_s - self._monotonic_s())

    def unlock(self, pin: str) -> str | None:
        """A session's token; None when the PIN is wrong, not set, or it is too early to try again."""
        with self._lock:
            if self.wait_s() > 0 or not self.is_set_up:
                return None
            try:
                HASHER.verify(self._file.read_text().strip(), pin)
            except (VerificationError, InvalidHashError, OSError):
                self._failures += 1
                if self._failures >= AT_ONCE:
                    pause_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self._failures - AT_ONCE, 20))
                    self._wait_until_s = self._monotonic_s() + pause_s
                return None
            self._failures = 0
            self._session = (secrets.token_urlsafe(24), self._monotonic_s())
            return self._session[0]

    def is_open(self, token: str, *, acting: bool = True) -> bool:
        """Whether this session may act; acting keeps it open, and looking by itself does not."""
        with self._lock:
            if self._session is None or not secrets.compare_digest(self._session[0].encode(), token.encode()):
                return False
            if self._monotonic_s() - self._session[1] > IDLE_S:
                self._session = None
                return False
            if acting:
                self._session = (self._session[0], self._monotonic_s())
            return True

    def lock(self) -> None:
        with self._lock:
            self._session = None
