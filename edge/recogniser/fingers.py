"""A fingerprint sensor that forgets whom the unit has to erase: templates are nowhere but on it."""

import logging
from pathlib import Path

import apsw

from edge.errors import Unavailable
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.hardware.readers.port import Presented
from edge.store.credentials import Credentials
from edge.store.db import connect

log = logging.getLogger(__name__)


class ForgettingSensor:
    """Keeps `Reader`; opened, read and closed from one thread, which has its own connection."""

    def __init__(self, sensor: FingerprintSensor, data_dir: Path) -> None:
        self.name = sensor.name
        self._sensor = sensor
        self._data_dir = data_dir
        self._connection: apsw.Connection | None = None

    def open(self) -> None:
        self._sensor.open()
        self._connection = connect(self._data_dir)

    def read(self, timeout_s: float) -> Presented | None:
        if self._connection is not None:
            self._forget(Credentials(self._connection))
        return self._sensor.read(timeout_s)

    def _forget(self, credentials: Credentials) -> None:
        try:
            for slot in credentials.fingers_to_forget():
                self._sensor.forget(slot)
                credentials.finger_forgotten(slot)
                log.info("finger forgotten slot=%d", slot)
        except apsw.Error as error:
            raise Unavailable(f"{self.name}: whom to forget cannot be read: {error}") from error

    def close(self) -> None:
        self._sensor.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
