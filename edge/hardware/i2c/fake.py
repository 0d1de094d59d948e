"""A bus without wires: chips made of registers, so that a driver runs unchanged on a desk. Shipped, never a default.

bus = FakeI2cBus({0x5A: chip})
bus.unplug(0x5A)     # from now on nobody answers there
bus.plug_in(0x5A)
bus.jam()            # somebody holds the line down
"""

import errno
import os
from collections.abc import Mapping
from typing import Protocol


class FakeChip(Protocol):
    def exchange(self, write: bytes, read_length: int) -> bytes:
        """What the chip's registers answer; OSError for what it would not acknowledge."""


class FakeI2cBus:
    """Keeps the contract of `port.I2cBus`, raises the kernel's errors and records every transaction."""

    def __init__(self, chips: Mapping[int, FakeChip]) -> None:
        self.transactions: list[tuple[int, bytes, int]] = []
        self.closed = 0
        self._chips = dict(chips)
        self._unplugged: set[int] = set()
        self._jammed = False

    def unplug(self, address: int) -> None:
        self._unplugged.add(address)

    def plug_in(self, address: int) -> None:
        self._unplugged.discard(address)

    def jam(self) -> None:
        self._jammed = True

    def free(self) -> None:
        self._jammed = False

    def exchange(self, address: int, write: bytes, read_length: int = 0) -> bytes:
        self.transactions.append((address, write, read_length))
        if self._jammed:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if address in self._unplugged or address not in self._chips:
            raise OSError(errno.EREMOTEIO, os.strerror(errno.EREMOTEIO))
        return self._chips[address].exchange(write, read_length)

    def close(self) -> None:
        self.closed += 1
