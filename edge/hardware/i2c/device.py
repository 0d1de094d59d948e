"""One device on a bus: what the drivers share."""

from collections.abc import Callable

from edge.errors import Unavailable
from edge.hardware.i2c.port import I2cBus


class I2cDevice:
    """Opens its bus anew every time it is opened itself: a bus that hung is left behind with the file handle."""

    def __init__(self, name: str, address: int, open_bus: Callable[[], I2cBus]) -> None:
        self.name = f"{name} at 0x{address:02x}"
        self.address = address
        self._open_bus = open_bus
        self._bus: I2cBus | None = None

    def open(self) -> None:
        """Raises Misconfigured or Unavailable, as the bus says."""
        self.close()
        self._bus = self._open_bus()

    def exchange(self, write: bytes, read_length: int = 0) -> bytes:
        """One transaction. Raises Unavailable when the device does not answer."""
        if self._bus is None:
            raise Unavailable(f"{self.name}: not open.")
        try:
            read = self._bus.exchange(self.address, write, read_length)
        except OSError as error:
            raise Unavailable(
                f"{self.name}: {error.strerror}. Check its wires and 3.3 V; `i2cdetect -y 1` shows who answers."
            ) from error
        if len(read) != read_length:
            raise Unavailable(f"{self.name}: {len(read)} bytes instead of {read_length}.")
        return read

    def close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.close()
