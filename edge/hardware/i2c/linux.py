"""The kernel's bus, /dev/i2c-N, through smbus2."""

from edge.errors import Misconfigured, Unavailable


class LinuxI2cBus:
    """Raises Misconfigured if this board shows no such bus, Unavailable if it cannot be opened now."""

    def __init__(self, number: int) -> None:
        try:
            from smbus2 import SMBus, i2c_msg
        except ImportError as error:
            raise Misconfigured("smbus2 is not here: install diemdanh with its extra [sensors].") from error
        self._message = i2c_msg
        try:
            self._bus = SMBus(number)
        except FileNotFoundError as error:
            raise Misconfigured(
                f"/dev/i2c-{number}: no such bus. Switch it on: `dtparam=i2c_arm=on` in config.txt, then restart."
            ) from error
        except OSError as error:
            raise Unavailable(f"/dev/i2c-{number}: {error.strerror}. Is this user in the group `i2c`?") from error

    def exchange(self, address: int, write: bytes, read_length: int = 0) -> bytes:
        messages = [self._message.write(address, list(write))]
        if read_length:
            messages.append(self._message.read(address, read_length))
        self._bus.i2c_rdwr(*messages)
        return bytes(messages[-1]) if read_length else b""

    def close(self) -> None:
        self._bus.close()
