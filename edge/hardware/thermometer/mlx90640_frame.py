"""From an MLX90640's RAM to temperatures. Pure: datasheet 3901090640, chapter 11.2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.hardware.thermometer.mlx90640_calibration import COLUMNS, ROWS, Calibration, Grid

RAM_START, RAM_WORDS = 0x0400, 832
VBE, CP, GAIN, PTAT, VDD = 0x0700, (0x0708, 0x0728), 0x070A, 0x0720, 0x072A
KELVIN = 273.15
_ROW, _COLUMN = np.indices((ROWS, COLUMNS))


def sub_page_pixels(sub_page: int, *, chess: bool) -> NDArray[np.bool_]:
    """(24, 32) which pixels a half picture renews."""
    pattern = (_ROW + _COLUMN) % 2 if chess else _ROW % 2
    return np.asarray(pattern == sub_page)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is the same for all pixels of one half picture."""

    vdd_v: float
    ambient_c: float
    """Of the sensor itself: warmer than the air."""
    gain: float


def conditions(calibration: Calibration, ram: NDArray[np.uint16], resolution: int) -> Conditions:
    """Supply, own temperature and gain from the (832,) words of RAM. Raises Rejected for what cannot be."""
    correction = 2.0**calibration.resolution / 2.0**resolution
    delta_v = (correction * _signed(ram, VDD) - calibration.vdd_25) / calibration.k_vdd
    ptat, raw_gain = _signed(ram, PTAT), _signed(ram, GAIN)
    denominator = ptat * calibration.alpha_ptat + _signed(ram, VBE)
    if denominator == 0 or raw_gain == 0:
        raise Rejected("MLX90640: an empty measurement.")
    v_ptat_art = ptat / denominator * 2**18
    ambient_c = (v_ptat_art / (1 + calibration.kv_ptat * delta_v) - calibration.v_ptat_25) / calibration.kt_ptat + 25
    if not -40 <= ambient_c <= 125:
        raise Rejected(f"MLX90640: an ambient temperature of {ambient_c:.0f} °C cannot be.")
    return Conditions(3.3 + delta_v, ambient_c, calibration.gain / raw_gain)


def compensated_signal(
    calibration: Calibration, ram: NDArray[np.uint16], now: Conditions, *, sub_page: int, chess: bool
) -> Grid:
    """(24, 32) the infrared signal after gain, offset and the compensation pixel; for an emissivity of 1."""
    warmer_c, volts_more = now.ambient_c - 25, now.vdd_v - 3.3
    raw = ram[: ROWS * COLUMNS].view(np.int16).reshape(ROWS, COLUMNS)
    signal = raw * now.gain - calibration.offset * (1 + calibration.k_ta * warmer_c) * (
        1 + calibration.k_v * volts_more
    )
    cp_offset = calibration.cp_offset[sub_page]
    if chess != calibration.chess:
        odd_row = _ROW % 2
        conversion = ((_COLUMN % 4 + 2) // 4 - (_COLUMN % 4 + 3) // 4 + (_COLUMN % 4 + 1) // 4) * (1 - 2 * odd_row)
        first, second, third = calibration.interleaved_offsets
        signal = signal + third * (2 * odd_row - 1) - second * conversion
        cp_offset += first * sub_page
    cp_signal = _signed(ram, CP[sub_page]) * now.gain - cp_offset * (1 + calibration.cp_k_ta * warmer_c) * (
        1 + calibration.cp_k_v * volts_more
    )
    return np.asarray(signal - calibration.tgc * cp_signal)


def compensated_sensitivity(calibration: Calibration, ambient_c: float, *, sub_page: int) -> Grid:
    """(24, 32) alpha at this ambient temperature, the compensation pixel's share taken off."""
    alpha = calibration.alpha - calibration.tgc * calibration.cp_alpha[sub_page]
    return np.asarray(alpha * (1 + calibration.ks_ta * (ambient_c - 25)))


def first_estimate_c(signal: Grid, alpha: Grid, ambient_k4: float, ks_to: float) -> Grid:
    sx = ks_to * np.sqrt(np.sqrt(np.maximum(alpha**3 * (signal + alpha * ambient_k4), 0.0)))
    return _fourth_root_c(signal / (alpha * (1 - ks_to * KELVIN) + sx) + ambient_k4)


def apparent_temperatures(
    calibration: Calibration, ram: NDArray[np.uint16], now: Conditions, *, sub_page: int, chess: bool
) -> Grid:
    """(24, 32) °C as of black bodies; only `sub_page_pixels` of it are new, and broken ones are NaN.

    Exact between 0 °C and `basic_up_to_c`; beyond, the first estimate stands.
    """
    signal = compensated_signal(calibration, ram, now, sub_page=sub_page, chess=chess)
    alpha = compensated_sensitivity(calibration, now.ambient_c, sub_page=sub_page)
    ambient_k4 = (now.ambient_c + KELVIN) ** 4
    with np.errstate(all="ignore"):
        first_c = first_estimate_c(signal, alpha, ambient_k4, calibration.ks_to)
        refined_c = _fourth_root_c(signal / (alpha * (1 + calibration.ks_to * first_c)) + ambient_k4)
    basic = (first_c >= 0) & (first_c < calibration.basic_up_to_c)
    return np.where(calibration.broken, np.nan, np.where(basic, refined_c, first_c))


def _fourth_root_c(k4: Grid) -> Grid:
    return np.asarray(np.sqrt(np.sqrt(k4)) - KELVIN)


def _signed(ram: NDArray[np.uint16], address: int) -> int:
    return int(ram[address - RAM_START].astype(np.int16))
