"""Melexis MLX90614: one spot, two thermopile channels, SMBus with an error code on every packet.

Registers, scale, error flag and packet error code: datasheet 3901090614, "SMBus compatible 2-wire protocol" and
"RAM". The sensor stays at its factory emissivity of 1: skin is corrected for in `skin.py`, the same for all sensors.
"""

from collections.abc import Callable

import numpy as np

from edge.errors import Misconfigured, Rejected
from edge.hardware.i2c.device import I2cDevice
from edge.hardware.i2c.port import I2cBus
from edge.hardware.thermometer.port import Datasheet, Thermogram

ADDRESS = 0x5A
AMBIENT, OBJECT = 0x06, 0x07
KELVIN_PER_STEP = 0.02
ERROR_FLAG = 0x8000
FIELDS_DEG = {"AA": 90.0, "CC": 35.0, "CH": 12.0, "CF": 10.0, "CI": 5.0}
"""By the last two letters of the variant, as printed on the order code."""
ACCURACY_C = {"A": 0.5, "B": 0.5, "D": 0.2}
"""By its first letter; D is the medical grade (0.2 °C between 36 and 38 °C, at room temperature)."""


class Mlx90614:
    def __init__(self, open_bus: Callable[[], I2cBus], *, variant: str = "DCI", address: int = ADDRESS) -> None:
        grade, field = variant[:1], variant[1:]
        if grade not in ACCURACY_C or field not in FIELDS_DEG:
            raise Misconfigured(
                f"MLX90614 variant {variant!r}: it is a grade ({', '.join(ACCURACY_C)}) and a field of view "
                f"({', '.join(FIELDS_DEG)}), such as DCI, BAA or BCC; it is printed on the order code."
            )
        self._device = I2cDevice(f"MLX90614-{variant}", address, open_bus)
        self.datasheet = Datasheet((FIELDS_DEG[field],) * 2, (1, 1), ACCURACY_C[grade], interval_s=0.1)

    @property
    def name(self) -> str:
        return self._device.name

    def open(self) -> None:
        self._device.open()
        self._read_c(AMBIENT)

    def read(self) -> Thermogram:
        ambient_c = self._read_c(AMBIENT)
        return Thermogram(np.full((1, 1), self._read_c(OBJECT), np.float32), ambient_c)

    def close(self) -> None:
        self._device.close()

    def _read_c(self, register: int) -> float:
        low, high, code = self._device.exchange(bytes([register]), 3)
        address = self._device.address << 1
        if packet_error_code(bytes([address, register, address | 1, low, high])) != code:
            raise Rejected(f"{self.name}: a measurement with a wrong checksum. Shorten its wires if this goes on.")
        return celsius(high << 8 | low)


def celsius(raw: int) -> float:
    """From a RAM word. Raises Rejected when the sensor flagged it itself."""
    if raw & ERROR_FLAG:
        raise Rejected("MLX90614: the sensor says that its measurement is invalid.")
    return raw * KELVIN_PER_STEP - 273.15


def packet_error_code(packet: bytes) -> int:
    """CRC-8 of SMBus: x^8 + x^2 + x + 1, over both address bytes, the command and the data."""
    code = 0
    for byte in packet:
        code ^= byte
        for _ in range(8):
            code = (code << 1 ^ 0x07 if code & 0x80 else code << 1) & 0xFF
    return code
