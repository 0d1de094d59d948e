"""What an MLX90640 knows of itself: the factory calibration in its EEPROM.

Formulas and names: datasheet 3901090640, chapter 11 ("Calculating object temperature"); addresses are the sensor's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected

ROWS, COLUMNS = 24, 32
EEPROM_START, EEPROM_WORDS = 0x2400, 832
Grid = NDArray[np.float64]
"""(24, 32)."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    k_vdd: float
    vdd_25: float
    kv_ptat: float
    kt_ptat: float
    v_ptat_25: float
    alpha_ptat: float
    gain: float
    tgc: float
    """How much of the compensation pixels is subtracted."""
    ks_ta: float
    ks_to: float
    """For 0 °C to `basic_up_to_c`, the range that a school needs."""
    basic_up_to_c: float
    resolution: int
    chess: bool
    """Whether the factory calibrated in chess or in interleaved mode."""
    interleaved_offsets: tuple[float, float, float]
    offset: Grid
    alpha: Grid
    k_ta: Grid
    k_v: Grid
    cp_offset: tuple[float, float]
    cp_alpha: tuple[float, float]
    cp_k_ta: float
    cp_k_v: float
    broken: NDArray[np.bool_]
    """(24, 32) pixels that the factory ruled out: at most four, by the datasheet."""


def read_calibration(words: NDArray[np.uint16]) -> Calibration:
    """From the (832,) words of the EEPROM. Raises Rejected for what no factory wrote."""
    if words.shape != (EEPROM_WORDS,):
        raise Rejected(f"MLX90640: an EEPROM of {words.size} words instead of {EEPROM_WORDS}.")
    eeprom = words.astype(np.int64)

    def word(address: int) -> int:
        return int(eeprom[address - EEPROM_START])

    def field(address: int, low_bit: int, bits: int) -> int:
        return word(address) >> low_bit & (1 << bits) - 1

    def signed(address: int, low_bit: int, bits: int) -> int:
        return _signed(field(address, low_bit, bits), bits)

    pixels = eeprom[0x2440 - EEPROM_START :].reshape(ROWS, COLUMNS)
    broken = pixels == 0
    gain, k_vdd, kt_ptat = signed(0x2430, 0, 16), 32 * signed(0x2433, 8, 8), signed(0x2432, 0, 10) / 2**3
    if gain == 0 or k_vdd == 0 or kt_ptat == 0 or broken.all():
        raise Rejected("MLX90640: its EEPROM holds no calibration. Is it another chip, or a broken one?")

    offset = (
        signed(0x2411, 0, 16)
        + (_nibbles(eeprom, 0x2412, ROWS) << field(0x2410, 8, 4))[:, None]
        + (_nibbles(eeprom, 0x2418, COLUMNS) << field(0x2410, 4, 4))[None, :]
        + (_signed_array(pixels >> 10 & 0x3F, 6) << field(0x2410, 0, 4))
    )
    alpha_scale = field(0x2420, 12, 4)
    alpha = (
        word(0x2421)
        + (_nibbles(eeprom, 0x2422, ROWS) << field(0x2420, 8, 4))[:, None]
        + (_nibbles(eeprom, 0x2428, COLUMNS) << field(0x2420, 4, 4))[None, :]
        + (_signed_array(pixels >> 4 & 0x3F, 6) << field(0x2420, 0, 4))
    ) / 2.0 ** (alpha_scale + 30)
    kta_scale = field(0x2438, 4, 4) + 8
    kta_of_parity = np.array(
        [[signed(0x2436, 8, 8), signed(0x2437, 8, 8)], [signed(0x2436, 0, 8), signed(0x2437, 0, 8)]]
    )
    kv_scale = field(0x2438, 8, 4)
    kv_of_parity = np.array(
        [[signed(0x2434, 12, 4), signed(0x2434, 4, 4)], [signed(0x2434, 8, 4), signed(0x2434, 0, 4)]]
    )
    cp_offset, cp_alpha = signed(0x243A, 0, 10), signed(0x2439, 0, 10) / 2.0 ** (alpha_scale + 27)
    step_c = 10 * field(0x243F, 12, 2)
    return Calibration(
        k_vdd=k_vdd,
        vdd_25=(field(0x2433, 0, 8) - 256) * 2**5 - 2**13,
        kv_ptat=signed(0x2432, 10, 6) / 2**12,
        kt_ptat=kt_ptat,
        v_ptat_25=word(0x2431),
        alpha_ptat=field(0x2410, 12, 4) / 2**2 + 8,
        gain=gain,
        tgc=signed(0x243C, 0, 8) / 2**5,
        ks_ta=signed(0x243C, 8, 8) / 2**13,
        ks_to=signed(0x243D, 8, 8) / 2.0 ** (field(0x243F, 0, 4) + 8),
        basic_up_to_c=field(0x243F, 4, 4) * step_c,
        resolution=field(0x2438, 12, 2),
        chess=not field(0x240A, 11, 1),
        interleaved_offsets=(signed(0x2435, 0, 6) / 2**4, signed(0x2435, 6, 5) / 2, signed(0x2435, 11, 5) / 2**3),
        offset=offset.astype(np.float64),
        alpha=alpha,
        k_ta=(_by_parity(kta_of_parity) + (_signed_array(pixels >> 1 & 0x7, 3) << field(0x2438, 0, 4)))
        / 2.0**kta_scale,
        k_v=_by_parity(kv_of_parity) / 2.0**kv_scale,
        cp_offset=(cp_offset, cp_offset + signed(0x243A, 10, 6)),
        cp_alpha=(cp_alpha, cp_alpha * (1 + signed(0x2439, 10, 6) / 2**7)),
        cp_k_ta=signed(0x243B, 0, 8) / 2.0**kta_scale,
        cp_k_v=signed(0x243B, 8, 8) / 2.0**kv_scale,
        broken=broken,
    )


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) else value


def _signed_array(values: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    return np.where(values >> (bits - 1), values - (1 << bits), values)


def _nibbles(eeprom: NDArray[np.int64], address: int, count: int) -> NDArray[np.int64]:
    """`count` signed 4-bit numbers, four a word, the lowest first."""
    words = eeprom[address - EEPROM_START :][: count // 4, None]
    return _signed_array((words >> np.array([0, 4, 8, 12]) & 0xF).reshape(count), 4)


def _by_parity(two_by_two: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.tile(two_by_two, (ROWS // 2, COLUMNS // 2))
