"""A device that is used from a thread of its own and opened again whenever it was away."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from edge.backoff import Backoff
from edge.errors import Misconfigured, Unavailable

log = logging.getLogger(__name__)

LEAVE_S = 2.0


class Device(Protocol):
    @property
    def name(self) -> str: ...

    def open(self) -> None: ...

    def close(self) -> None: ...


class KeepOpen:
    """Calls `use` again and again while `device` is open. Entered before and left after use.

    A device that vanishes (Unavailable) is tried again with full jitter for as long as it takes; one that only a
    person can mend (Misconfigured) is said once and left alone. Neither reaches whoever entered: a gate without a
    thermometer is still a gate.
    """

    def __init__(self, device: Device, use: Callable[[], None], *, backoff: Backoff | None = None) -> None:
        self._device = device
        self._use = use
        self._backoff = backoff or Backoff(first_s=0.5, ceiling_s=30.0)
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None

    def wait(self, seconds: float) -> None:
        """For `use`: a pause that ends at once when it is time to leave."""
        self._leaving.wait(seconds)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name=self._device.name, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._thread is not None:
            # A driver that hangs beyond what it may is left behind: the thread is a daemon.
            self._thread.join(LEAVE_S)

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self._device.open()
                log.info("device ok name=%s", self._device.name)
                while not self._leaving.is_set():
                    self._use()
                    self._backoff.succeeded()
            except Unavailable as error:
                pause_s = self._backoff.next_s()
                log.warning("device lost next_try_s=%.1f: %s", pause_s, error)
                self._leaving.wait(pause_s)
            except Misconfigured as error:
                log.error("device off: %s", error)
                return
            except Exception:
                # A driver's own fault costs its device a moment and the unit nothing; it is loud in the log.
                log.exception("device failed name=%s", self._device.name)
                self._leaving.wait(self._backoff.next_s())
            finally:
                self._device.close()
