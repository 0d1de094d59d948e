"""A leave request as a claim: it says nothing about who was there, only about permission."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from cloud.school.calendar.facts import HalfDay


class ClaimState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one half-day to another, both included."""

    first_day: date
    first_half: HalfDay
    last_day: date
    last_half: HalfDay

    def __contains__(self, when: tuple[date, HalfDay]) -> bool:
        return (
            self._key(self.first_day, self.first_half) <= self._key(*when) <= self._key(self.last_day, self.last_half)
        )

    @property
    def runs_backwards(self) -> bool:
        return self._key(self.first_day, self.first_half) > self._key(self.last_day, self.last_half)

    def overlaps(self, other: "Stretch") -> bool:
        """Whether a half-day is in both."""
        return (self.first_day, self.first_half) in other or (other.first_day, other.first_half) in self

    @staticmethod
    def _key(day: date, half: HalfDay) -> tuple[date, bool]:
        return day, half is HalfDay.AFTERNOON


@dataclass(frozen=True, slots=True)
class Claim:
    id: UUID
    state: ClaimState
    asked_at: datetime
    stretch: Stretch
    approved_at: datetime | None = None
    """Where the register asks for it: the last time that somebody did."""
