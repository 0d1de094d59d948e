"""What a bus must do. Two implementations exist: the kernel's bus, and one made of registers for tests."""

from typing import Protocol


class I2cBus(Protocol):
    """A bus MUST raise the kernel's own errors and nothing of its own: OSError with EREMOTEIO (nobody answered),
    ETIMEDOUT (the line is held down) or EIO. It MUST NOT block for more than a second.
    """

    def exchange(self, address: int, write: bytes, read_length: int = 0) -> bytes:
        """Write to the 7-bit `address`, then read `read_length` bytes after a repeated start, in one transaction."""

    def close(self) -> None:
        """Let go of the bus. MUST be harmless when closed already, and MUST NOT raise."""
