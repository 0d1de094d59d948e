"""A living face or a picture: what several looks at one track say together, and what follows from it. Pure.

One look proves nothing: a child in odd light scores low for a moment, a photo at a lucky angle high. So the looks
vote by their weighted median, in which no single look can outvote the rest, and nothing is said before a few are in.
"""

from dataclasses import dataclass, field
from typing import Literal

from edge.contract import Liveness, Outcome

LEAST_WEIGHT = 0.6
"""Of a bad look, where the best has 1: of three looks none then has half of the weight (1 / 2.2)."""

Policy = Literal["warn", "refuse"]


@dataclass(frozen=True, slots=True)
class LivenessRules:
    policy: Policy
    """warn: the name counts, and staff see the suspicion. refuse: no name without a living face."""
    spoof_below: float
    live_from: float
    """Of the vote, 0 to 1; between the two is doubt. They belong to the networks: models/manifest.toml."""
    least_looks: int = 3
    """Fewer than three cannot outvote a wrong one."""
    look_again_s: float = 0.1
    """Between the first looks: a person who walks has moved by a hand's breadth, and nobody has waited long."""
    wait_s: float = 1.0
    """A name waits no longer for these looks: whoever is seen so badly is asked, or let pass with a warning."""
    refused_after_s: float = 1.0
    """How long other looks may still save somebody from being refused: that costs a child more than a second does."""

    def applied(self, outcome: Outcome, verdict: Liveness | None, *, waited_s: float) -> Outcome | None:
        """What becomes of `outcome`; None while more looks are waited for.

        Nobody is refused whom the unit does not know: the portrait on a classroom's wall is `unknown`, and stays so.
        """
        if outcome is Outcome.UNKNOWN:
            return outcome
        if verdict is None and waited_s < self.wait_s:
            return None
        if self.policy == "warn" or verdict is Liveness.LIVE:
            return outcome
        return Outcome.REFUSED if verdict is Liveness.SPOOF else Outcome.ASK


@dataclass(slots=True)
class LivenessVote:
    """The looks at one track so far, in whatever order."""

    looks: list[tuple[float, float]] = field(default_factory=list)
    """Score and weight of each."""

    def add(self, score: float, quality: float) -> None:
        """`score` is 0 (a picture) to 1 (a living face); a better look weighs more, within limits."""
        self.looks.append((score, min(1.0, max(LEAST_WEIGHT, quality))))

    def is_complete(self, rules: LivenessRules) -> bool:
        return len(self.looks) >= rules.least_looks

    def verdict(self, rules: LivenessRules) -> Liveness | None:
        """None while there are too few looks to say."""
        if not self.is_complete(rules):
            return None
        score = weighted_median(self.looks)
        if score < rules.spoof_below:
            return Liveness.SPOOF
        return Liveness.LIVE if score >= rules.live_from else Liveness.DOUBT


def weighted_median(looks: list[tuple[float, float]]) -> float:
    """The lowest score that, with all below it, has half of the weight. Of at least one look."""
    ordered = sorted(looks)
    half = sum(weight for _, weight in ordered) / 2
    for score, weight in ordered:
        half -= weight
        if half <= 0:
            return score
    return ordered[-1][0]
