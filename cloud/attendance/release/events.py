"""What pick-up tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

LEFT = "attendance.left"
LEFT_AFTER_ALL_NOT = "attendance.left_after_all_not"


class Left(BaseModel):
    """A pupil left the school: handed over, alone by permission, or (`way` is "seen") past a unit on the way out."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    left_at: datetime
    way: str


class LeftAfterAllNot(BaseModel):
    """What Left said was a mistake: the pupil is still at school."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    left_at: datetime
    corrected_at: datetime
