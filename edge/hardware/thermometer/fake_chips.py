"""The sensors' register side, to hang on a `FakeI2cBus`: the real drivers then run on a desk, checksums included."""

import errno
import os

from edge.hardware.thermometer.amg8833 import CELSIUS_PER_STEP, PIXELS, SIDE, THERMISTOR, THERMISTOR_CELSIUS_PER_STEP
from edge.hardware.thermometer.mlx90614 import ADDRESS as MLX90614_ADDRESS
from edge.hardware.thermometer.mlx90614 import AMBIENT, ERROR_FLAG, KELVIN_PER_STEP, OBJECT, packet_error_code


def _not_acknowledged() -> OSError:
    return OSError(errno.EREMOTEIO, os.strerror(errno.EREMOTEIO))


class Mlx90614Chip:
    def __init__(self) -> None:
        self._registers = {AMBIENT: 0x3A89, OBJECT: 0x3A89}
        self._wrong_codes = 0

    def show(self, object_c: float, ambient_c: float = 25.0) -> None:
        for register, celsius in ((OBJECT, object_c), (AMBIENT, ambient_c)):
            self._registers[register] = round((celsius + 273.15) / KELVIN_PER_STEP)

    def flag_error(self) -> None:
        self._registers[OBJECT] |= ERROR_FLAG

    def garble(self) -> None:
        """The next answer's error code is wrong."""
        self._wrong_codes += 1

    def exchange(self, write: bytes, read_length: int) -> bytes:
        if len(write) != 1 or write[0] not in self._registers:
            raise _not_acknowledged()
        word = self._registers[write[0]]
        data = bytes([word & 0xFF, word >> 8])
        code = packet_error_code(bytes([MLX90614_ADDRESS << 1, write[0], MLX90614_ADDRESS << 1 | 1]) + data)
        if self._wrong_codes:
            self._wrong_codes -= 1
            code ^= 0x5A
        return (data + bytes([code]))[:read_length]


class Amg8833Chip:
    def __init__(self) -> None:
        self.memory = bytearray(256)
        self._garbled = 0
        self.show(25.0)

    def show(self, object_c: float, ambient_c: float = 25.0) -> None:
        pixel = round(object_c / CELSIUS_PER_STEP) & 0xFFF
        self.memory[PIXELS : PIXELS + 2 * SIDE * SIDE] = pixel.to_bytes(2, "little") * (SIDE * SIDE)
        magnitude = round(abs(ambient_c) / THERMISTOR_CELSIUS_PER_STEP)
        self.memory[THERMISTOR : THERMISTOR + 2] = (magnitude | (0x800 if ambient_c < 0 else 0)).to_bytes(2, "little")

    def garble(self) -> None:
        """The next picture has bits that the chip never sets."""
        self._garbled += 1

    def exchange(self, write: bytes, read_length: int) -> bytes:
        start = write[0]
        if read_length == 0:
            self.memory[start : start + len(write) - 1] = write[1:]
            return b""
        if start == PIXELS and self._garbled:
            self._garbled -= 1
            return b"\xff" * read_length
        return bytes(self.memory[start : start + read_length])
