"""What is said in the packets: instructions and confirmation codes (R503 manual 1.1, "Module instruction system";
the AS608 and the R30x know the same).
"""

from enum import IntEnum


class Instruction(IntEnum):
    TAKE_IMAGE = 0x01
    EXTRACT = 0x02
    SEARCH = 0x04
    COMBINE = 0x05
    STORE = 0x06
    DELETE = 0x0C
    PARAMETERS = 0x0F
    VERIFY_PASSWORD = 0x13


class Code(IntEnum):
    OK = 0x00
    BAD_PACKET = 0x01
    NO_FINGER = 0x02
    NOT_TAKEN = 0x03
    TOO_MESSY = 0x06
    TOO_FEW_FEATURES = 0x07
    NOT_FOUND = 0x09
    DIFFERENT_FINGERS = 0x0A
    NO_SUCH_SLOT = 0x0B
    WRONG_PASSWORD = 0x13
    POOR_IMAGE = 0x15


RETRY = frozenset({Code.NOT_TAKEN, Code.TOO_MESSY, Code.TOO_FEW_FEATURES, Code.POOR_IMAGE})
"""The same finger again may work."""
