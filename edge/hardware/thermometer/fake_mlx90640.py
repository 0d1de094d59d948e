"""The register side of an MLX90640, to hang on a `FakeI2cBus`. It computes backwards from temperatures to raw words
with the calibration it was given, so what is shown comes out of the real driver to within its resolution.
"""

import numpy as np
from numpy.typing import NDArray

from edge.hardware.thermometer.mlx90640 import CONTROL, NEW_DATA, SELF_HEATING_C, STATUS
from edge.hardware.thermometer.mlx90640_calibration import COLUMNS, EEPROM_START, ROWS, read_calibration
from edge.hardware.thermometer.mlx90640_frame import (
    CP,
    GAIN,
    KELVIN,
    PTAT,
    RAM_START,
    RAM_WORDS,
    VBE,
    VDD,
    Conditions,
    compensated_sensitivity,
    compensated_signal,
    conditions,
)

POWER_ON_CONTROL = 0x1901
RAW_PTAT, RAW_CP = 1711, -54


class Mlx90640Chip:
    """`eeprom` is (832,) words. Every look at a ready status offers the other half of the picture."""

    def __init__(self, eeprom: NDArray[np.uint16]) -> None:
        self._eeprom = eeprom
        self._calibration = read_calibration(eeprom)
        self._control = POWER_ON_CONTROL
        self._sub_page = 0
        self._ready = True
        self._garbled = 0
        self._silent = False
        self._ram = {0: np.zeros(RAM_WORDS, np.uint16), 1: np.zeros(RAM_WORDS, np.uint16)}
        self.show(25.0)

    def show(self, object_c: float | NDArray[np.float64], ambient_c: float = 25.0) -> None:
        """One temperature for the whole scene, or (24, 32) of them."""
        for sub_page in (0, 1):
            self._ram[sub_page] = self._raw(np.broadcast_to(object_c, (ROWS, COLUMNS)), ambient_c, sub_page)

    def garble(self) -> None:
        """The next half picture is nothing but zeros, as after a reset."""
        self._garbled += 1

    def stop_measuring(self) -> None:
        self._silent = True

    def exchange(self, write: bytes, read_length: int) -> bytes:
        address = int.from_bytes(write[:2], "big")
        if read_length == 0:
            if address == CONTROL:
                self._control = int.from_bytes(write[2:], "big")
            elif address == STATUS:
                self._ready = False
            return b""
        return self._words(address, read_length // 2).astype(">u2").tobytes()

    def _words(self, address: int, count: int) -> NDArray[np.uint16]:
        if address == STATUS:
            if self._ready and not self._silent:
                self._sub_page ^= 1
                return np.array([NEW_DATA | self._sub_page], np.uint16)
            # Whoever asks in vain finds the next half ready.
            self._ready = True
            return np.array([self._sub_page], np.uint16)
        if address == CONTROL:
            return np.array([self._control], np.uint16)
        if address >= EEPROM_START:
            return self._eeprom[address - EEPROM_START :][:count]
        if self._garbled:
            self._garbled -= 1
            return np.zeros(count, np.uint16)
        return self._ram[self._sub_page][address - RAM_START :][:count]

    def _raw(self, object_c: NDArray[np.float64], ambient_c: float, sub_page: int) -> NDArray[np.uint16]:
        ram = np.zeros(RAM_WORDS, np.int64)
        ram[GAIN - RAM_START] = self._calibration.gain
        ram[VDD - RAM_START] = self._calibration.vdd_25
        ram[PTAT - RAM_START] = RAW_PTAT
        v_ptat_art = (ambient_c + SELF_HEATING_C - 25) * self._calibration.kt_ptat + self._calibration.v_ptat_25
        ram[VBE - RAM_START] = round(RAW_PTAT * 2**18 / v_ptat_art - RAW_PTAT * self._calibration.alpha_ptat)
        ram[CP[sub_page] - RAM_START] = RAW_CP
        words = ram.astype(np.uint16)
        now = conditions(self._calibration, words, self._calibration.resolution)
        ram[: ROWS * COLUMNS] = np.round(self._raw_pixels(words, now, object_c, sub_page)).ravel()
        return ram.astype(np.uint16)

    def _raw_pixels(
        self, words: NDArray[np.uint16], now: Conditions, object_c: NDArray[np.float64], sub_page: int
    ) -> NDArray[np.float64]:
        """The signal is linear in the raw value: solve for it."""
        alpha = compensated_sensitivity(self._calibration, now.ambient_c, sub_page=sub_page)
        wanted = (
            alpha
            * (1 + self._calibration.ks_to * object_c)
            * ((object_c + KELVIN) ** 4 - (now.ambient_c + KELVIN) ** 4)
        )
        at_zero = compensated_signal(self._calibration, words, now, sub_page=sub_page, chess=True)
        return np.asarray((wanted - at_zero) / now.gain)
