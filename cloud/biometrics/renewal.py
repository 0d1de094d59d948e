"""Whose face is to be taken again: templates grow old, and children grow. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from cloud.kit.i18n import marked

RENEWED_AFTER = timedelta(days=365)
"""A child's face changes in a year."""
FEW = 10
"""So many passages make a score: one alone says more of the light than of the face."""
NEAR = 0.9
"""Of the threshold: whoever is recognised so narrowly is soon not recognised at all."""
HALF_WAY = 0.5
"""Of the way from where somebody began to the threshold."""


class Due(StrEnum):
    YEAR = "year"
    SCORES = "scores"
    """The units still recognise them, by less and less."""

    @property
    def words(self) -> str:
        """Marked for translation."""
        return _WORDS[self]


_WORDS = {
    Due.YEAR: marked("the template is older than a year"),
    Due.SCORES: marked("the units recognise the face less and less"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """How far from their templates somebody was seen, as a part of the unit's threshold: beyond 1 nobody is named."""

    early: float
    """After the enrolment."""
    recent: float


def score(passages: Sequence[float]) -> float:
    """Of some passages, each a distance divided by the threshold that the unit had then."""
    return median(passages)


def is_drifting(trend: Trend) -> bool:
    rising = trend.early < 1 and trend.recent - trend.early >= HALF_WAY * (1 - trend.early)
    return rising or trend.recent >= NEAR


def due(made_at: datetime, trend: Trend | None, now: datetime) -> Due | None:
    """Why whoever was enrolled then is to be enrolled again; None: not yet."""
    if trend is not None and is_drifting(trend):
        return Due.SCORES
    return Due.YEAR if now - made_at > RENEWED_AFTER else None
