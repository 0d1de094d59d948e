"""What may be written, how much, and what can be taken back. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from cloud.kit.errors import Conflict, Invalid, TooMany
from cloud.kit.i18n import marked

MOST_BODY = 2000
MOST_NOTE = 300
MOST_AN_HOUR = 30
"""Of one author in one thread: more is a stuck key, or somebody who should telephone."""
LONGEST_AWAY = timedelta(days=200)
SHOW_READ = True
"""Where a school has said nothing."""


class Side(StrEnum):
    FAMILY = "family"
    TEACHER = "teacher"

    @property
    def other(self) -> "Side":
        return Side.TEACHER if self is Side.FAMILY else Side.FAMILY


def checked(body: str, *, has_file: bool, written_this_hour: int) -> str:
    """Without blanks around. Raises Invalid or TooMany."""
    body = body.strip()
    if not body and not has_file:
        raise Invalid(marked("Please write something, or choose a file."))
    if len(body) > MOST_BODY:
        raise Invalid(marked("Too long: a message has at most 2000 letters."))
    if written_this_hour >= MOST_AN_HOUR:
        raise TooMany(marked("That were many messages in an hour. If it is urgent, please telephone."))
    return body


def check_taking_back(*, own: bool, read: bool) -> None:
    """Raises Conflict."""
    if not own:
        raise Conflict(marked("Only who has written a message can take it back."))
    if read:
        raise Conflict(marked("It has been read already, so it can no longer be taken back."))


def checked_note(note: str, last_day: date | None, today: date) -> tuple[str, date] | None:
    """A note on one's absence; None takes it away. Raises Invalid."""
    note = note.strip()
    if not note and last_day is None:
        return None
    if not note or last_day is None:
        raise Invalid(marked("An absence needs its last day and a few words for the families."))
    if len(note) > MOST_NOTE:
        raise Invalid(marked("Too long: a note has at most 300 letters."))
    if not today <= last_day <= today + LONGEST_AWAY:
        raise Invalid(marked("The last day is today or later, and within this school year."))
    return note, last_day
