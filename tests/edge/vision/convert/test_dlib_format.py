"""The reader is tried on bytes written by hand, after the format's description."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Rejected
from edge.vision.convert.dlib_format import DlibReader, integers, reals


def written(value: int) -> bytes:
    size = (abs(value).bit_length() + 7) // 8
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


@given(st.lists(st.integers(-(2**60), 2**60)))
def test_integers_come_back_one_by_one_and_all_at_once(values):
    data = b"".join(map(written, values))
    reader = DlibReader(data)
    assert [reader.integer() for _ in values] == values
    reader.expect_end()
    assert integers(data).tolist() == values


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_floats_come_back_exactly(values):
    pairs = []
    for value in values:
        mantissa, exponent = np.frexp(np.float64(value))
        pairs += [int(mantissa * 2**24), int(exponent) - 24]
    assert reals(np.array(pairs, np.int64)).tolist() == values
    reader = DlibReader(b"".join(map(written, pairs)))
    assert [reader.real() for _ in values] == values


def test_a_tensor_is_its_shape_and_raw_floats():
    data = b"".join(map(written, [2, 2, 3, 1, 1])) + struct.pack("<6f", *range(6))
    assert DlibReader(data).tensor().tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("data", [b"\x04\x01", b"\x01"], ids=["cut in a value", "cut after the control byte"])
def test_a_file_that_ends_too_early_is_rejected(data):
    with pytest.raises(Rejected, match="ends at byte"):
        DlibReader(data).integer()
    with pytest.raises(Rejected, match="ends at byte"):
        integers(data)


def test_what_is_left_over_is_noticed():
    reader = DlibReader(written(1) + b"more")
    reader.integer()
    with pytest.raises(Rejected, match="left over"):
        reader.expect_end()


def test_a_size_that_no_file_has_is_rejected():
    with pytest.raises(Rejected):
        DlibReader(b"".join(map(written, [2, 2**40, 1, 1, 1]))).tensor()
