"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should come before it does not."""
    BROKEN = "broken"
    """The unit does not do its work, or will not after the next start."""
    UNKNOWN = "unknown"
    """This machine does not tell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` says what to do; empty when nothing has to be done."""

    check: str
    grade: Grade
    says: str
    remedy: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(check, Grade.OK, says)


def warning(check: str, says: str, remedy: str) -> Finding:
    return Finding(check, Grade.WARNING, says, remedy)


def broken(check: str, says: str, remedy: str) -> Finding:
    return Finding(check, Grade.BROKEN, says, remedy)


def unknown(check: str, says: str) -> Finding:
    return Finding(check, Grade.UNKNOWN, says)
