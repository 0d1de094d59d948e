"""What a class group is, and what is written in it. Pure."""

from datetime import timedelta
from enum import StrEnum

from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import marked

MOST_BODY, MOST_REASON = 2000, 300


class Mode(StrEnum):
    OFF = "off"
    APPROVE = "approve"
    OPEN = "open"


MODES = {
    Mode.OFF: marked("Off: nobody reads or writes"),
    Mode.APPROVE: marked("On: what families write waits until you let it in"),
    Mode.OPEN: marked("On: what families write is shown at once"),
}


class State(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"
    TAKEN_BACK = "taken_back"


MUTES = (timedelta(days=1), timedelta(days=7), timedelta(days=30))


def checked(body: str) -> str:
    """Without blanks around. Raises Invalid."""
    body = body.strip()
    if not body:
        raise Invalid(marked("Please write something."))
    if len(body) > MOST_BODY:
        raise Invalid(marked("Too long: a message has at most 2000 letters."))
    return body


def checked_reason(reason: str) -> str:
    """Raises Invalid: whoever is hidden, muted or reported has a right to the reason."""
    reason = reason.strip()
    if not reason:
        raise Invalid(marked("Please say why."))
    if len(reason) > MOST_REASON:
        raise Invalid(marked("Too long: a reason has at most 300 letters."))
    return reason


def checked_days(days: int) -> timedelta:
    """Raises Invalid."""
    if timedelta(days=days) not in MUTES:
        raise Invalid(marked("Somebody is muted for 1, 7 or 30 days."))
    return timedelta(days=days)


def check_step(before: State, after: State) -> None:
    """What the homeroom teacher may do with a message. Raises Conflict."""
    if before is State.TAKEN_BACK or after not in (State.SHOWN, State.HIDDEN):
        raise Conflict(marked("Its author has taken it back."))
