"""Counting absences toward the 45 half-days of a school year. Pure.

Circular 22/2021/TT-BGDĐT, article 12: no more than 45 half-days (buổi) absent in a year, counted at one a school day
under the plan, permitted and not permitted alike. 45 passes, 46 does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cloud.attendance.register.facts import Permission

LIMIT = 45
WARN_FROM = 35


@dataclass(frozen=True, slots=True)
class Absence:
    day: date
    permission: Permission


@dataclass(frozen=True, slots=True)
class AbsenceCount:
    days: int
    """School days with at least one half-day absent: what counts toward the limit."""
    half_days: int
    permitted_half_days: int

    @property
    def exceeds_limit(self) -> bool:
        return self.days > LIMIT

    @property
    def nears_limit(self) -> bool:
        return WARN_FROM <= self.days <= LIMIT

    @property
    def left(self) -> int:
        return max(0, LIMIT - self.days)


def count(absences: Iterable[Absence]) -> AbsenceCount:
    """`absences`: one for each half-day; a half-day in doubt is not one."""
    all_of_them = list(absences)
    return AbsenceCount(
        days=len({absence.day for absence in all_of_them}),
        half_days=len(all_of_them),
        permitted_half_days=sum(absence.permission is Permission.PERMITTED for absence in all_of_them),
    )
