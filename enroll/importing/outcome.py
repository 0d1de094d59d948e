"""What became of a file."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    OK = "ok"
    SPARE = "spare"
    """Good, but the pupil has as many better ones as are kept."""
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    POOR = "poor"
    DUPLICATE = "duplicate"
    """Looks like somebody else who is enrolled, or is being enrolled now."""
    UNLIKE = "unlike"
    """Good, but another face than on the pupil's other photos."""
    HELD = "held"
    """Good, but another photo of the same pupil is a duplicate."""
    NO_CONSENT = "no_consent"
    UNKNOWN_CODE = "unknown_code"
    CORRUPT = "corrupt"
    EMPTY = "empty"
    MISSING = "missing"
    """In the list, and not among the photos."""
    TOO_LARGE = "too_large"
    UNSAFE_NAME = "unsafe_name"
    NOT_A_PHOTO = "not_a_photo"
    REJECTED = "rejected"


class Line(BaseModel):
    """One file of the report."""

    model_config = ConfigDict(frozen=True)

    file: str
    outcome: Outcome
    code: str = ""
    """The pupil's."""
    quality: Annotated[float, Field(ge=0, le=1)] | None = None
    reasons: tuple[str, ...] = ()
    why: str = ""
