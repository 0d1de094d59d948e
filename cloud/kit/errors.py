"""One base for the service's errors, split by what the caller does about them.

Each carries its HTTP status and one handler renders them as RFC 9457 problems. The message goes to the caller:
it says what is wrong, where and what to do, and holds nothing that the caller may not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class CloudError(Exception):
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The service failed"


class Misconfigured(CloudError):
    """Start refuses: a person has to change a setting, or run a command first."""


class Refusal(CloudError):
    """Asked of something that is there, and refused: whoever asked is told why, on the page where they asked."""


class Invalid(Refusal):
    """What was sent cannot be used; sending it again will not help."""

    status = 422
    title = "Not usable as it is"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with what somebody typed or chose: with which field, and a sentence for the page to translate."""

    field: str
    says: str
    """Marked for translation; holds the names of `about`."""
    about: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.field}: {self.says % dict(self.about)}"


class Refused(Invalid):
    """With everything that is wrong, each beside its field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(one) for one in problems))
        self.problems = tuple(problems)


class TooLarge(Refusal):
    status = 413
    title = "Too large"


class Unauthenticated(CloudError):
    """Nobody, or nobody that we know. Signing in, or a valid token, would help."""

    status = 401
    title = "Who are you?"


class Forbidden(Refusal):
    """Known, but not allowed."""

    status = 403
    title = "Not allowed"


class NotFound(CloudError):
    """Absent, or hidden from this caller: both look the same from outside."""

    status = 404
    title = "Not found"


class Conflict(Refusal):
    """The world has moved on: read again, then decide."""

    status = 409
    title = "Conflict"


class Unavailable(Refusal):
    """Not now: a database, a broker or a provider is away. Trying again later makes sense."""

    status = 503
    title = "Not available now"


class TooMany(Refusal):
    """Too many tries in a short time; later makes sense."""

    status = 429
    title = "Too many attempts"
