"""Panasonic Grid-EYE AMG8833: 8 by 8 pixels, no calibration to read, no checksum.

Registers and number formats: "Grid-EYE characteristics" and the register map of the AMG88xx specification. With its
2.5 °C it tells a person from a wall and not a fever from none: `fever.py` says nothing on such a sensor's word.
"""

from collections.abc import Callable

import numpy as np

from edge.errors import Rejected
from edge.hardware.i2c.device import I2cDevice
from edge.hardware.i2c.port import I2cBus
from edge.hardware.thermometer.port import Datasheet, Thermogram

ADDRESS = 0x69
POWER, RESET, RATE, THERMISTOR, PIXELS = 0x00, 0x01, 0x02, 0x0E, 0x80
NORMAL_MODE, INITIAL_RESET, TEN_A_SECOND = 0x00, 0x3F, 0x00
SIDE = 8
CELSIUS_PER_STEP = 0.25
THERMISTOR_CELSIUS_PER_STEP = 0.0625
RANGE_C = (-20.0, 100.0)
"""The sensor's own measuring range of 0 to 80 °C, and what its error allows beyond."""


class Amg8833:
    def __init__(self, open_bus: Callable[[], I2cBus], *, address: int = ADDRESS) -> None:
        self._device = I2cDevice("AMG8833", address, open_bus)
        self.datasheet = Datasheet((60.0, 60.0), (SIDE, SIDE), accuracy_c=2.5, interval_s=0.1)

    @property
    def name(self) -> str:
        return self._device.name

    def open(self) -> None:
        self._device.open()
        for register, value in ((POWER, NORMAL_MODE), (RESET, INITIAL_RESET), (RATE, TEN_A_SECOND)):
            self._device.exchange(bytes([register, value]))

    def read(self) -> Thermogram:
        thermistor = self._device.exchange(bytes([THERMISTOR]), 2)
        pixels = self._device.exchange(bytes([PIXELS]), 2 * SIDE * SIDE)
        words = np.frombuffer(pixels, "<u2")
        if (words > 0xFFF).any():
            raise Rejected(f"{self.name}: a garbled measurement. Shorten its wires if this goes on.")
        apparent_c = pixel_celsius(words)
        if apparent_c.min() < RANGE_C[0] or apparent_c.max() > RANGE_C[1]:
            raise Rejected(f"{self.name}: {apparent_c.min():.0f} to {apparent_c.max():.0f} °C cannot be.")
        return Thermogram(
            apparent_c.reshape(SIDE, SIDE), thermistor_celsius(int.from_bytes(thermistor, "little") & 0xFFF)
        )

    def close(self) -> None:
        self._device.close()


def pixel_celsius(words: np.ndarray[tuple[int], np.dtype[np.uint16]]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """12 bits, two's complement, 0.25 °C a step."""
    signed = words.astype(np.int32)
    signed[signed >= 0x800] -= 0x1000
    return (signed * CELSIUS_PER_STEP).astype(np.float32)


def thermistor_celsius(word: int) -> float:
    """12 bits, sign and magnitude, 0.0625 °C a step."""
    magnitude = (word & 0x7FF) * THERMISTOR_CELSIUS_PER_STEP
    return -magnitude if word & 0x800 else magnitude
