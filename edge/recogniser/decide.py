"""From evidence to outcome. Pure: no camera, no clock, no store; time is the source's own.

A published threshold for pairs is too lax for a gate, where one face is compared with everybody: so the nearest
person must be near *and* clearly nearer than the runner-up; doubt is the outcome `ask`, for staff.
"""

from dataclasses import dataclass, field

from edge.contract import Outcome
from edge.vision.match import Match


@dataclass(frozen=True, slots=True)
class Rules:
    threshold: float
    """Identified at this distance or nearer."""
    ask_threshold: float
    """Farther than this nobody in the gallery is meant."""
    margin: float
    """The nearest other person must be farther by at least this much."""
    min_quality: float = 0.05
    """A face turned away or hardly visible gives no name, however near it seems."""
    min_face_px: float = 40.0
    """Smaller faces are tracked but not embedded."""
    passage_window_s: float = 60.0
    """The same person seen again within this time is the same passage."""
    unknown_after_s: float = 1.0
    """How long another look is waited for before somebody is called unknown."""
    ask_after_s: float = 2.0
    """The same before staff are asked: a doubt is more often settled by the next look, and asking costs a person."""

    def patience_with(self, outcome: Outcome) -> float:
        """How long after the first look `outcome` may be said. A name is said at once."""
        waits = {Outcome.UNKNOWN: self.unknown_after_s, Outcome.ASK: self.ask_after_s}
        return waits.get(outcome, 0.0)


def conclude(match: Match | None, quality: float, rules: Rules) -> Outcome:
    """What one comparison says. A name needs a near template, nobody else about as near, and a face fit to be read."""
    if match is None or match.distance > rules.ask_threshold:
        return Outcome.UNKNOWN
    clear = match.margin is None or match.margin >= rules.margin
    named = match.distance <= rules.threshold and clear and quality >= rules.min_quality
    return Outcome.IDENTIFIED if named else Outcome.ASK


@dataclass(slots=True)
class Debounce:
    """One passage a person: whoever stays or comes back within the window is not announced again."""

    window_s: float
    _last_seen_s: dict[str, float] = field(default_factory=dict)

    def is_new(self, passage: str, t_s: float) -> bool:
        """Was it not seen within the window? Remembers that it was seen now.

        Time that goes backwards (a clip that starts again) makes everything new.
        """
        # Who cannot matter any more is dropped, so that a year at the gate costs no memory.
        self._last_seen_s = {who: s for who, s in self._last_seen_s.items() if 0 <= t_s - s <= self.window_s}
        known = passage in self._last_seen_s
        self._last_seen_s[passage] = t_s
        return not known

    def stays(self, passage: str, t_s: float) -> None:
        """Whoever stays in the picture is still the same passage."""
        self._last_seen_s[passage] = t_s
