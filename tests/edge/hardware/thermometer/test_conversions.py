"""Datasheet vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Rejected
from edge.hardware.thermometer import mlx90614
from edge.hardware.thermometer.amg8833 import pixel_celsius, thermistor_celsius
from edge.hardware.thermometer.mlx90640_calibration import EEPROM_WORDS, read_calibration
from edge.hardware.thermometer.mlx90640_frame import (
    RAM_WORDS,
    apparent_temperatures,
    compensated_sensitivity,
    compensated_signal,
    conditions,
    first_estimate_c,
    sub_page_pixels,
)
from tests.edge.hardware.thermometer import datasheet


def test_mlx90614_reads_its_datasheets_example():
    assert mlx90614.celsius(0x3AD2) == pytest.approx(28.01)
    assert mlx90614.celsius(0x27AD) == pytest.approx(-70.01)
    assert mlx90614.celsius(0x7FFF) == pytest.approx(382.19)


def test_mlx90614_packets_carry_the_error_code_of_the_datasheet():
    assert mlx90614.packet_error_code(bytes([0xB4, 0x07, 0xB5, 0xD2, 0x3A])) == 0x30


def test_mlx90614_says_itself_when_a_measurement_is_invalid():
    with pytest.raises(Rejected, match="invalid"):
        mlx90614.celsius(0xBAD2)


@given(packet=st.binary(min_size=1, max_size=6), bit=st.integers(0, 47))
def test_one_flipped_bit_never_passes_the_error_code(packet: bytes, bit: int):
    bit %= 8 * len(packet)
    damaged = bytearray(packet)
    damaged[bit // 8] ^= 1 << bit % 8
    assert mlx90614.packet_error_code(bytes(damaged)) != mlx90614.packet_error_code(packet)


def test_amg8833_pixels_are_twos_complement():
    words = np.array([0x1F4, 0x064, 0x001, 0x000, 0xFFF, 0xF9C, 0xF24], np.uint16)
    assert pixel_celsius(words).tolist() == [125, 25, 0.25, 0, -0.25, -25, -55]


@pytest.mark.parametrize(
    ("word", "celsius"),
    [(0x7D0, 125), (0x190, 25), (0x004, 0.25), (0x000, 0), (0x804, -0.25), (0x940, -20), (0xBBB, -59.6875)],
)
def test_amg8833_thermistor_is_sign_and_magnitude(word: int, celsius: float):
    assert thermistor_celsius(word) == celsius


def test_mlx90640_calibration_is_restored_as_in_the_datasheet():
    calibration = read_calibration(datasheet.eeprom())
    row, column = datasheet.PIXEL
    assert (calibration.k_vdd, calibration.vdd_25) == (-3168, -13056)
    assert (calibration.kv_ptat, calibration.kt_ptat) == (0.00537109375, 42.25)
    assert (calibration.v_ptat_25, calibration.alpha_ptat, calibration.gain) == (12273, 9, 6383)
    assert calibration.offset[row, column] == -75
    assert calibration.k_ta[row, column] == 0.005126953125
    assert calibration.k_v[row, column] == 0.5
    assert calibration.alpha[row, column] == pytest.approx(1.262233122690854e-7)
    assert calibration.cp_offset == (-75, -77)
    assert calibration.cp_alpha == pytest.approx((4.07453626394272e-9, 3.85171006200835e-9))
    assert (calibration.tgc, calibration.ks_ta, calibration.ks_to) == (1, -0.001953125, -0.00080108642578125)
    assert calibration.basic_up_to_c == 160
    assert calibration.chess


def test_mlx90640_supply_ambient_and_gain_are_the_datasheets():
    now = conditions(read_calibration(datasheet.eeprom()), datasheet.ram(), resolution=2)
    assert now.vdd_v == pytest.approx(3.319, abs=0.001)
    assert now.ambient_c == pytest.approx(39.184, abs=0.001)
    assert now.gain == pytest.approx(1.01753546947234)


def test_mlx90640_object_temperature_is_the_datasheets():
    """The datasheet's own signal of 679.25 contains a slip in its second compensation pixel, so what follows from it
    is checked with its number, and what leads to it with ours, which differs by half a per cent."""
    calibration = read_calibration(datasheet.eeprom())
    now = conditions(calibration, datasheet.ram(), resolution=2)
    at = datasheet.PIXEL
    signal = compensated_signal(calibration, datasheet.ram(), now, sub_page=0, chess=True)[at]
    assert signal == pytest.approx(700.882495690866 - 25.66665750599561)
    alpha = compensated_sensitivity(calibration, now.ambient_c, sub_page=0)[at]
    assert alpha == pytest.approx(1.1876487360496e-7, rel=1e-6)
    of_the_datasheet = first_estimate_c(
        np.array(679.250909123826), np.array(1.1876487360496e-7), 9516495632.56, calibration.ks_to
    )
    assert of_the_datasheet == pytest.approx(80.36331, abs=1e-5)
    ours = apparent_temperatures(calibration, datasheet.ram(), now, sub_page=0, chess=True)[at]
    assert ours == pytest.approx(80.36, abs=0.2)


def test_mlx90640_halves_are_a_chess_board_and_complete_each_other():
    first, second = sub_page_pixels(0, chess=True), sub_page_pixels(1, chess=True)
    assert first[0, 0]
    assert not first[0, 1]
    assert not first[1, 0]
    assert (first ^ second).all()
    assert sub_page_pixels(1, chess=False)[1].all()


@given(words=st.binary(min_size=2 * EEPROM_WORDS, max_size=2 * EEPROM_WORDS))
def test_any_eeprom_is_a_calibration_or_rejected(words: bytes):
    try:
        calibration = read_calibration(np.frombuffer(words, np.uint16))
    except Rejected:
        return
    assert calibration.alpha.shape == (24, 32)


@given(words=st.binary(min_size=2 * RAM_WORDS, max_size=2 * RAM_WORDS))
def test_any_measurement_is_temperatures_or_rejected(words: bytes):
    calibration = read_calibration(datasheet.eeprom())
    ram = np.frombuffer(words, np.uint16)
    try:
        now = conditions(calibration, ram, resolution=2)
    except Rejected:
        return
    assert apparent_temperatures(calibration, ram, now, sub_page=0, chess=True).shape == (24, 32)
