"""dlib's serialisation: integers of variable length, floats as mantissa and exponent, tensors raw little-endian.

An integer is one control byte (the low four bits count the bytes that follow, the top bit is the sign) and its
bytes, little-endian. A float is two such integers, mantissa and binary exponent. Source: the dlib library,
serialize.h and float_details.h.
"""

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected

_SIGN = 0x80
_COUNT = 0x0F


class DlibReader:
    """Reads `data` from the start. Raises Rejected where it does not say what was expected."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def integer(self) -> int:
        control = self._take(1)[0]
        value = int.from_bytes(self._take(control & _COUNT), "little")
        return -value if control & _SIGN else value

    def real(self) -> float:
        mantissa = self.integer()
        return float(mantissa * 2.0 ** self.integer())

    def text(self) -> str:
        return self._take(self.integer()).decode("ascii", errors="replace")

    def flag(self) -> bool:
        return self._take(1) == b"1"

    def tensor(self) -> NDArray[np.float32]:
        """The values of a tensor, flat; its shape is kept by the layer."""
        self.expect(self.integer(), 2, "tensor version")
        count = self.integer() * self.integer() * self.integer() * self.integer()
        return np.frombuffer(self._take(4 * count), "<f4").astype(np.float32)

    def shape(self) -> tuple[int, int, int, int]:
        """An alias_tensor: the shape of a part of the parameters."""
        self.expect(self.integer(), 1, "alias tensor version")
        return self.integer(), self.integer(), self.integer(), self.integer()

    def expect(self, found: object, wanted: object, what: str) -> None:
        if found != wanted:
            raise Rejected(f"{what} at byte {self._at} is {found!r}, expected {wanted!r}: not the file it should be")

    def expect_end(self) -> None:
        self.expect(len(self._data) - self._at, 0, "count of bytes left over")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count or count < 0:
            raise Rejected(f"the file ends at byte {len(self._data)}, in the middle of a value")
        self._at += count
        return taken


def integers(data: bytes) -> NDArray[np.int64]:
    """A file that holds nothing but integers, all at once: millions of them take a second, not a minute."""
    raw = np.frombuffer(data, np.uint8)
    steps = ((raw & _COUNT) + 1).tolist()
    starts, at = [], 0
    while at < len(steps):
        starts.append(at)
        at += steps[at]
    if at != len(steps):
        raise Rejected(f"the file ends at byte {len(data)}, in the middle of a value")
    start = np.array(starts, np.intp)
    count = raw[start] & _COUNT
    if count.size and int(count.max()) > 8:
        raise Rejected("an integer of more than 8 bytes: not a file of dlib's")
    values = np.zeros(len(start), np.int64)
    for byte in range(int(count.max(initial=0))):
        has = count > byte
        values[has] |= raw[start[has] + 1 + byte].astype(np.int64) << (8 * byte)
    return np.where(raw[start] & _SIGN, -values, values)


def reals(mantissas_and_exponents: NDArray[np.int64]) -> NDArray[np.float32]:
    """(..., 2 n) integers to (..., n) floats."""
    mantissas, exponents = mantissas_and_exponents[..., 0::2], mantissas_and_exponents[..., 1::2]
    return np.ldexp(mantissas.astype(np.float64), exponents).astype(np.float32)
