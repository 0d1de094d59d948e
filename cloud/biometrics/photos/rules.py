"""The life of a family's photo. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from cloud.kit.i18n import marked

MAX_BYTES = 8 * 1024 * 1024
MOST_WAITING = 3
KEPT = timedelta(days=14)
"""Whoever has not decided by then asks for another photo."""
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""By how the file begins. The school's machine reads more kinds; phones send these."""


class State(StrEnum):
    WAITING = "waiting"
    SEEN = "seen"
    """A member of staff has said that it is this child."""
    TAKEN = "taken"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN = (State.WAITING, State.SEEN)
"""Only then there is a photo."""

STATES = {
    State.WAITING: marked("The school has not looked at it yet."),
    State.SEEN: marked("The school has looked at it; it is used soon."),
    State.TAKEN: marked("Used for recognition. The photo itself is gone."),
    State.REJECTED: marked("Not used, and gone."),
    State.WITHDRAWN: marked("Taken back, and gone."),
    State.EXPIRED: marked("Nobody had the time in two weeks. It is gone: please send it again."),
}


class Reason(StrEnum):
    """Why a photo is not used."""

    ANOTHER_CHILD = "another_child"
    ASK_SCHOOL = "ask_school"
    """It looks like somebody else: which, no parent ever learns."""
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    UNREADABLE = "unreadable"
    SMALL = "small"
    TURNED = "turned"
    CUT_OFF = "cut_off"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    COVERED = "covered"


REASONS = {
    Reason.ANOTHER_CHILD: marked("The school thinks that this is not your child."),
    Reason.ASK_SCHOOL: marked("Please come to the school's office with your child: a photo is taken there."),
    Reason.NO_FACE: marked("No face was found: take it from the front and in good light."),
    Reason.TWO_FACES: marked("There are several faces in it: only your child, please."),
    Reason.UNREADABLE: marked("The file is damaged: send it again, as JPEG or PNG."),
    Reason.SMALL: marked("The face is too small: go nearer."),
    Reason.TURNED: marked("The face is turned away: look straight into the camera."),
    Reason.CUT_OFF: marked("Part of the face is outside the picture."),
    Reason.BLURRED: marked("It is blurred: hold still, or clean the lens."),
    Reason.DARK: marked("It is too dark: go where it is brighter."),
    Reason.BRIGHT: marked("It is too bright: keep the sun off the face."),
    Reason.COVERED: marked("Something covers the face: without mask and helmet, please."),
}


def kind_of(content: bytes) -> str | None:
    """The media type of a photo that can be shown; None for anything else."""
    return next((kind for begins, kind in KINDS.items() if content.startswith(begins)), None)


def expires_at(sent_at: datetime) -> datetime:
    return sent_at + KEPT
