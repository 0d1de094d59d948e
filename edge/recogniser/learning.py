"""May a face that staff have assigned become one of a person's templates? Pure; off unless the unit is told otherwise.

What is learnt wrongly names somebody wrongly every day, so the bar is higher than for a name: a good shot, of the very
person whom the unit itself would have guessed, with nobody else anywhere near, and never of look-alikes.
"""

from edge.recogniser.decide import Rules
from edge.store.review import Shot
from edge.vision.match import Gallery

LEAST_QUALITY = 0.4
"""Where evaluation begins to call a photo fair."""
CLEAR_MARGINS = 2.0
"""Everybody else must be beyond the ask threshold by so many margins."""


def why_not(shot: Shot, person: str, gallery: Gallery, rules: Rules, *, learnt: int, most: int) -> str | None:
    """None: it may. `gallery` is what the unit knows now, `learnt` how many of the person's templates were learnt."""
    if most == 0:
        return "learning is switched off"
    if learnt >= most:
        return f"{learnt} templates of this person were learnt already"
    if shot.model != gallery.model:
        return "it is of another model"
    if shot.quality < LEAST_QUALITY:
        return f"its quality is {shot.quality:.2f}, it takes {LEAST_QUALITY}"
    match = gallery.match(shot.template, shot.model)
    if match is None or match.person != person:
        return "somebody else is nearer, or the person is not enrolled"
    if gallery.has_mates(person):
        return "the person has a look-alike"
    if match.distance > rules.ask_threshold:
        return f"it is {match.distance:.2f} from the person's own templates, {rules.ask_threshold:.2f} at most"
    needed = rules.ask_threshold + CLEAR_MARGINS * rules.margin
    if match.margin is not None and match.distance + match.margin < needed:
        return f"somebody else is within {needed:.2f}"
    return None
