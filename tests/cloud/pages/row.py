"""What a row of routes.py says of a route."""

from dataclasses import dataclass, field
from enum import Enum, auto

from cloud.accounts.access import Right

Fields = dict[str, object]


class Asks(Enum):
    """Of those routes that ask for no right of a role."""

    NOTHING = auto()
    LOG_IN = auto()
    UNIT = auto()
    """A unit's own token: no user's session opens it."""
    WORK_HERE = auto()
    """To work at the school, whatever one may do there."""
    OWN_CHILD = auto()
    TAKES_PART = auto()
    """To be the pupil's guardian, or the one member of staff with whom the family writes."""
    FAMILY = auto()
    """The pupil's guardians, and the pupil."""


class Names(Enum):
    """What is asked for."""

    NOTHING = auto()
    SCHOOL = auto()
    """The right is wanted in the whole of it."""
    WORKPLACE = auto()
    """The right is wanted anywhere in it."""
    CLASS = auto()
    PUPIL = auto()
    """Also what is kept of a pupil: a photo, a card, a wish."""
    UNIT = auto()


THINGS = {
    Names.NOTHING: ("",),
    Names.SCHOOL: ("a", "b", ""),
    Names.WORKPLACE: ("a", "b", ""),
    Names.CLASS: ("1A", "2B", "9Z", ""),
    Names.PUPIL: ("lan", "hoa", "stranger", ""),
    Names.UNIT: ("gate-1", "other-gate", ""),
}
"""As crowd.py calls them: own and others'; `""` is one that is not there."""


@dataclass(frozen=True)
class Row:
    """`answers` is the status for whoever may; everybody else gets what test_every_route.py says of `asks`.

    A change is asked for so that it passes every check of form (`form` or `json`): only rights decide then. `answers`
    may still be a refusal by a rule that comes after the rights, where carrying it out would disturb other rows.
    """

    route: str
    asks: Right | Asks
    names: Names = Names.NOTHING
    answers: int = 200
    method: str = "GET"
    form: Fields = field(default_factory=dict)
    json: object = None
    hides: bool = False
    """404 also for whoever sees the pupil without the right."""
    own: bool = False
    """Open to the pupil's guardians too, without the right."""
    works: bool = False
    """Not there for whoever does not work at the school, the pupil's guardians and the pupil among them."""
    once: bool = False
    """What the first who may has taken away is not there for the next."""
    to_nobody: int = 401
    """To whoever is not signed in."""
    ends_session: bool = False


def posts(route: str, asks: Right | Asks, names: Names, answers: int, **more: object) -> Row:
    return Row(route, asks, names, answers, "POST", **more)  # type: ignore[arg-type]
