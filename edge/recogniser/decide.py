"""From evidence to outcome. Pure: no camera, no clock, no store; time is the source's own.

A published threshold for pairs is too lax for a gate, where one face is compared with everybody: so the nearest
person must be near *and* clearly nearer than the runner-up; doubt is the outcome `ask`, for staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from edge.contract import Outcome
from edge.recogniser.liveness_vote import LivenessRules
from edge.vision.match import MAX_CANDIDATES, Match

LINKED_MARGINS = 2.0
"""How many margins a linked look-alike must be farther at least."""


@dataclass(frozen=True, slots=True)
class Rules:
    threshold: float
    """Identified at this distance or nearer."""
    ask_threshold: float
    """Farther than this nobody in the gallery is meant."""
    margin: float
    """The nearest other person must be farther by at least this much."""
    same_track: float = 0.75
    """Two looks of one track that are farther apart (Euclidean) are two people's."""
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
    liveness: LivenessRules | None = None
    """None: off, every face counts as a living one."""
    keeps_shots: bool = False
    """Whether decisions come with the picture of the face: for the review list."""
    classes: Mapping[str, "Rules"] = field(default_factory=dict)
    """Of classes that were calibrated by themselves, by reference."""

    def within(self, classes: tuple[str, ...]) -> "Rules":
        """For a room where these classes have a lesson: their own rules, of several the strictest of all."""
        own = [self.classes[one] for one in classes if one in self.classes]
        if not own:
            return self
        strictest = own[0]
        for one in own[1:] + ([self] if len(own) < len(classes) else []):
            strictest = strictest.as_strict_as(one)
        return strictest

    def as_strict_as(self, other: "Rules") -> "Rules":
        """Whatever of the two is stricter."""
        return replace(
            self,
            threshold=min(self.threshold, other.threshold),
            ask_threshold=min(self.ask_threshold, other.ask_threshold),
            margin=max(self.margin, other.margin),
        )

    def patience_with(self, outcome: Outcome) -> float:
        """How long after the first look `outcome` may be said. A name is said at once."""
        waits = {Outcome.UNKNOWN: self.unknown_after_s, Outcome.ASK: self.ask_after_s}
        if self.liveness is not None:
            waits[Outcome.REFUSED] = self.liveness.refused_after_s
        return waits.get(outcome, 0.0)


def conclude(match: Match | None, quality: float, rules: Rules) -> Outcome:
    """What one comparison says. A name needs a near template, nobody else about as near, and a face fit to be read."""
    if match is None or match.distance > rules.ask_threshold:
        return Outcome.UNKNOWN
    # Two people just as near are a tie, however small a margin is asked for.
    clear = match.margin is None or (match.margin >= rules.margin and match.margin > 0)
    named = match.distance <= rules.threshold and clear and quality >= rules.min_quality
    return Outcome.IDENTIFIED if named and not look_alikes(match, rules) else Outcome.ASK


def look_alikes(match: Match, rules: Rules) -> tuple[str, ...]:
    """Who of the nearest person's linked look-alikes could be meant as well, the nearest first.

    The margin is chosen for people who are near each other by chance. Look-alikes are so always: by the triangle
    inequality the distances to both can differ by no more than the two are apart, and they rise and fall together with
    every shot. So a margin over a look-alike proves nothing as long as the look-alike would do for this face too:
    up to the ask threshold, beyond which the unit means nobody, or within twice the margin on a poor shot.
    """
    if match.distance > rules.ask_threshold:
        return ()
    zone = max(rules.ask_threshold, match.distance + LINKED_MARGINS * rules.margin)
    return tuple(mate.person for mate in match.mates if mate.distance <= zone)


@dataclass(frozen=True, slots=True)
class Conclusion:
    outcome: Outcome
    match: Match | None
    """What it rests on: name, distance and margin are of this one."""
    look_alikes: tuple[str, ...] = ()
    """With `ask`: only a second factor tells these apart, the nearest first."""
    candidates: tuple[str, ...] = ()
    """With `ask`: who it may be, the nearest first; with `refused`: whose picture it seems to be."""

    def agreed(self, best: "Conclusion") -> "Conclusion":
        """A name only if the best look of the track means the same person; otherwise a doubt between the two."""
        if self.outcome is not Outcome.IDENTIFIED or self.match is None:
            return self
        if best.look_alikes:
            return best
        if best.match is not None and best.outcome is not Outcome.UNKNOWN and best.match.person == self.match.person:
            return self
        rivals = best.match.candidates[:1] if best.match is not None else ()
        names = dict.fromkeys((self.match.person, *rivals, *self.match.candidates))
        return Conclusion(Outcome.ASK, self.match, candidates=tuple(names)[:MAX_CANDIDATES])

    def turned(self, outcome: Outcome) -> "Conclusion":
        """The same once liveness has spoken: a face that is none of a living person answers no question of twins."""
        if outcome is self.outcome or self.match is None:
            return self
        whom = self.match.candidates if outcome is Outcome.ASK else (self.match.person,)
        return Conclusion(outcome, self.match, candidates=self.candidates or whom)


def decide(everybody: Match | None, expected: Match | None, quality: float, rules: Rules,
           classes: tuple[str, ...] | None) -> Conclusion:  # fmt: skip
    """`everybody` is the nearest of the whole roster, `expected` of those who have a lesson here (`classes`; None: no
    lesson, or none that is known).

    The class comes first, by its own rules; then the whole roster, by rules at least as strict as both. People outside
    the class take a name inside it away only where they are linked to its person, or where the whole roster names
    somebody else for the same face: then it is `ask`. They never turn it into another name inside.
    """
    if classes is None:
        return _concluded(everybody, quality, rules)
    within = rules.within(classes)
    inside = _concluded(expected, quality, within)
    anywhere = _concluded(everybody, quality, rules.as_strict_as(within))
    if anywhere.outcome is not Outcome.IDENTIFIED or _person(anywhere) == _person(inside):
        # Nobody outside is named; whoever is doubted in the class is not named by the whole roster instead.
        return anywhere if inside.outcome is Outcome.UNKNOWN else inside
    if inside.outcome is not Outcome.IDENTIFIED or inside.match is None:
        return anywhere
    names = (*(anywhere.match.candidates[:1] if anywhere.match else ()), *inside.match.candidates)
    return Conclusion(Outcome.ASK, anywhere.match, candidates=tuple(dict.fromkeys(names))[:MAX_CANDIDATES])


def _person(one: Conclusion) -> str | None:
    return one.match.person if one.match else None


def _concluded(match: Match | None, quality: float, rules: Rules) -> Conclusion:
    outcome = conclude(match, quality, rules)
    if match is None or outcome is not Outcome.ASK:
        return Conclusion(outcome, match)
    linked = look_alikes(match, rules)
    both = (match.person, *linked) if linked else ()
    candidates = tuple(dict.fromkeys((*both, *match.candidates)))[:MAX_CANDIDATES]
    return Conclusion(outcome, match, both, candidates)


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
