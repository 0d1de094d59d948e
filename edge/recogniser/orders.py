"""What the cloud set counts from the next start on: the recogniser ends when it changes, and systemd starts it."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import apsw

from edge.errors import EdgeError
from edge.store.db import connect
from edge.store.told import told

log = logging.getLogger(__name__)

LOOK_S = 2.0


class OrdersWatch:
    """Entered before and left after use. Calls `changed` once, from a thread of its own."""

    def __init__(self, data_dir: Path, started_with: str, changed: Callable[[], None]) -> None:
        self._data_dir = data_dir
        self._started_with = started_with
        self._changed = changed
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders", daemon=True)

    def __enter__(self) -> "OrdersWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._thread.join()

    def _run(self) -> None:
        connection: apsw.Connection | None = None
        while not self._leaving.wait(LOOK_S if connection else 0):
            try:
                connection = connection or connect(self._data_dir)
                if told(connection) != self._started_with:
                    log.info("settings or calibration changed by the cloud: starting again with them")
                    self._changed()
                    return
            except (EdgeError, apsw.Error) as error:
                # The disk's own trouble is told elsewhere; a look that failed is repeated.
                log.warning("settings from the cloud not looked at: %s", error)
                self._leaving.wait(LOOK_S)
