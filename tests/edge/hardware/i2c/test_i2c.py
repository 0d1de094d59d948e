import errno
import os
from pathlib import Path

import pytest
import smbus2

from edge.errors import Misconfigured, Unavailable
from edge.hardware.i2c.device import I2cDevice
from edge.hardware.i2c.fake import FakeI2cBus
from edge.hardware.i2c.linux import LinuxI2cBus


class Echo:
    def exchange(self, write: bytes, read_length: int) -> bytes:
        return (write * read_length)[:read_length]


def test_a_device_talks_to_its_own_address_only():
    bus = FakeI2cBus({0x10: Echo()})
    device = I2cDevice("echo", 0x10, lambda: bus)
    device.open()
    assert device.exchange(b"\x07", 2) == b"\x07\x07"
    assert bus.transactions == [(0x10, b"\x07", 2)]
    device.close()
    assert bus.closed == 1


@pytest.mark.parametrize(("spoil", "saying"), [("unplug", "Remote I/O error"), ("jam", "timed out")])
def test_what_the_kernel_says_is_told_with_what_to_do(spoil: str, saying: str):
    bus = FakeI2cBus({0x10: Echo()})
    device = I2cDevice("echo", 0x10, lambda: bus)
    device.open()
    bus.unplug(0x10) if spoil == "unplug" else bus.jam()
    with pytest.raises(Unavailable, match=f"echo at 0x10: .*{saying}.*i2cdetect"):
        device.exchange(b"\x07", 2)


def test_a_short_answer_is_unavailable():
    class Short:
        def exchange(self, write: bytes, read_length: int) -> bytes:
            return b"\x00"

    device = I2cDevice("short", 0x10, lambda: FakeI2cBus({0x10: Short()}))
    device.open()
    with pytest.raises(Unavailable, match="1 bytes instead of 2"):
        device.exchange(b"\x07", 2)


def test_opening_again_leaves_the_old_bus_behind():
    buses = [FakeI2cBus({}), FakeI2cBus({})]
    device = I2cDevice("echo", 0x10, iter(buses).__next__)
    device.open()
    device.open()
    assert (buses[0].closed, buses[1].closed) == (1, 0)


def test_a_bus_that_this_board_does_not_have_is_for_a_person():
    with pytest.raises(Misconfigured, match="dtparam=i2c_arm=on"):
        LinuxI2cBus(197)


def test_a_bus_that_may_not_be_opened_names_the_group(monkeypatch: pytest.MonkeyPatch):
    def refuse(self: smbus2.SMBus, bus: object = None, force: bool = False) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(smbus2.SMBus, "__init__", refuse)
    with pytest.raises(Unavailable, match="group `i2c`"):
        LinuxI2cBus(1)


def test_write_and_read_are_one_transaction_of_the_kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Only the ioctl itself is replaced: what is handed to the kernel is smbus2's own."""
    device = tmp_path / "i2c-1"
    device.touch()
    asked: list[list[tuple[int, int, bytes]]] = []

    def ioctl(handle: int, request: int, argument: object) -> int:
        if request == smbus2.smbus2.I2C_RDWR:
            messages = [argument.msgs[i] for i in range(argument.nmsgs)]
            asked.append([(message.addr, message.flags, bytes(message)) for message in messages])
            for i in range(messages[-1].len if messages[-1].flags else 0):
                messages[-1].buf[i] = bytes([i + 1])
        return 0

    monkeypatch.setattr(smbus2.smbus2, "ioctl", ioctl)
    bus = LinuxI2cBus(str(device))
    assert bus.exchange(0x33, b"\x80\x00", 3) == b"\x01\x02\x03"
    assert bus.exchange(0x33, b"\x80\x00\x00\x30") == b""
    bus.close()
    bus.close()
    assert asked == [[(0x33, 0, b"\x80\x00"), (0x33, 1, b"\0\0\0")], [(0x33, 0, b"\x80\x00\x00\x30")]]
