"""Passwords: argon2id with the parameters that RFC 9106 names, and a failure that takes as long as a success."""

from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from cloud.accounts.rules import MAX_PASSWORD_CHARS, normal_password

AT_ONCE = 4
"""Each takes 64 MiB while it runs: more at once would let strangers fill the memory."""


@dataclass(frozen=True, slots=True)
class Verdict:
    right: bool
    replacement: str | None = None
    """A new hash to keep, when the stored one was made with weaker parameters than today's."""


class Passwords:
    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys = self._hasher.hash("nobody has this password")
        self._free = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        with self._free:
            return self._hasher.hash(normal_password(password))

    def verify(self, stored: str | None, typed: str) -> Verdict:
        """`stored` is None for nobody: the same work is done, so the time does not tell who has an account."""
        password = normal_password(typed[:MAX_PASSWORD_CHARS])
        with self._free:
            try:
                self._hasher.verify(stored or self._nobodys, password)
            except (VerificationError, InvalidHashError):
                return Verdict(right=False)
        if stored is None:
            return Verdict(right=False)
        return Verdict(right=True, replacement=self.hash(typed) if self._hasher.check_needs_rehash(stored) else None)
