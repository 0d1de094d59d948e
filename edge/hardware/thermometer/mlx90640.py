"""Melexis MLX90640: 32 by 24 pixels, measured in two interleaved halves ("sub-pages").

Registers: datasheet 3901090640, chapters 9 and 10. Words travel with the high byte first.
"""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edge.errors import Misconfigured, Rejected, Unavailable
from edge.hardware.i2c.device import I2cDevice
from edge.hardware.i2c.port import I2cBus
from edge.hardware.thermometer.mlx90640_calibration import (
    COLUMNS,
    EEPROM_START,
    EEPROM_WORDS,
    ROWS,
    Calibration,
    read_calibration,
)
from edge.hardware.thermometer.mlx90640_frame import (
    RAM_START,
    RAM_WORDS,
    apparent_temperatures,
    conditions,
    sub_page_pixels,
)
from edge.hardware.thermometer.port import Datasheet, Thermogram

ADDRESS = 0x33
STATUS, CONTROL = 0x8000, 0x800D
NEW_DATA = 1 << 3
ALLOW_OVERWRITE = 0x0030
CHESS = 1 << 12
RATE_MASK, FOUR_HALVES_A_SECOND = 0x7 << 7, 0b011 << 7
FIELDS_DEG = {"BAA": (110.0, 75.0), "BAB": (55.0, 35.0)}
SELF_HEATING_C = 8.0
"""How much warmer than the air around it the sensor runs: the driver description's advice for the open air."""
WAIT_S = 0.9
"""Half pictures come every 0.25 s; a whole one may take two of them."""
ATTEMPTS = 3


class Mlx90640:
    def __init__(
        self,
        open_bus: Callable[[], I2cBus],
        *,
        variant: str = "BAB",
        address: int = ADDRESS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if variant not in FIELDS_DEG:
            raise Misconfigured(f"MLX90640 variant {variant!r}: known are {' and '.join(FIELDS_DEG)}.")
        self._device = I2cDevice(f"MLX90640-{variant}", address, open_bus)
        self._monotonic = monotonic
        self._sleep = sleep
        self._calibration: Calibration | None = None
        self._resolution = 0
        self._picture: NDArray[np.float32] = np.full((ROWS, COLUMNS), np.nan, np.float32)
        self._seen: set[int] = set()
        self.datasheet = Datasheet(FIELDS_DEG[variant], (COLUMNS, ROWS), accuracy_c=1.0, interval_s=0.25)

    @property
    def name(self) -> str:
        return self._device.name

    def open(self) -> None:
        self._device.open()
        try:
            self._calibration = read_calibration(self._words(EEPROM_START, EEPROM_WORDS))
        except Rejected as error:
            raise Unavailable(f"{self.name}: {error}") from error
        control = self._word(CONTROL)
        self._write(CONTROL, control & ~RATE_MASK | FOUR_HALVES_A_SECOND | CHESS)
        self._resolution = control >> 10 & 0x3
        self._picture = np.full((ROWS, COLUMNS), np.nan, np.float32)
        self._seen = set()

    def read(self) -> Thermogram:
        """A whole picture, of which one half is new."""
        if self._calibration is None:
            raise Unavailable(f"{self.name}: not open.")
        while True:
            sub_page, ram = self._half()
            now = conditions(self._calibration, ram, self._resolution)
            pixels = apparent_temperatures(self._calibration, ram, now, sub_page=sub_page, chess=True)
            renewed = sub_page_pixels(sub_page, chess=True)
            if not np.isfinite(pixels[renewed & ~self._calibration.broken]).all():
                raise Rejected(f"{self.name}: a measurement that cannot be.")
            picture = self._picture.copy()
            picture[renewed] = pixels[renewed]
            self._picture = picture
            self._seen.add(sub_page)
            if self._seen == {0, 1}:
                return Thermogram(_without_gaps(picture), now.ambient_c - SELF_HEATING_C)

    def close(self) -> None:
        self._calibration = None
        self._device.close()

    def _half(self) -> tuple[int, NDArray[np.uint16]]:
        """The next sub-page and the RAM that holds it, unmixed with the one after."""
        for _ in range(ATTEMPTS):
            sub_page = self._wait_for_data()
            self._write(STATUS, ALLOW_OVERWRITE)
            ram = self._words(RAM_START, RAM_WORDS)
            if not self._word(STATUS) & NEW_DATA:
                return sub_page, ram
        raise Unavailable(f"{self.name}: its bus is too slow. Set `dtparam=i2c_arm_baudrate=400000` in config.txt.")

    def _wait_for_data(self) -> int:
        deadline_s = self._monotonic() + WAIT_S
        while not (status := self._word(STATUS)) & NEW_DATA:
            if self._monotonic() > deadline_s:
                raise Unavailable(f"{self.name}: no measurement for {WAIT_S} s.")
            self._sleep(0.01)
        return status & 1

    def _words(self, address: int, count: int) -> NDArray[np.uint16]:
        return np.frombuffer(self._device.exchange(address.to_bytes(2, "big"), 2 * count), ">u2").astype(np.uint16)

    def _word(self, address: int) -> int:
        return int(self._words(address, 1)[0])

    def _write(self, address: int, value: int) -> None:
        self._device.exchange(address.to_bytes(2, "big") + value.to_bytes(2, "big"))


def _without_gaps(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Broken pixels take the mean of what is around them, as the datasheet advises."""
    filled = picture.copy()
    for row, column in np.argwhere(np.isnan(picture)):
        around = picture[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        filled[row, column] = np.nanmean(around)
    return filled
