"""What a leave request tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloud.attendance.leave.facts import ClaimState

LEAVE_ASKED = "attendance.leave_asked"
LEAVE_NOTED = "attendance.leave_noted"
LEAVE_DECIDED = "attendance.leave_decided"


class LeaveAsked(BaseModel):
    model_config = ConfigDict(frozen=True)

    request_id: UUID


class LeaveNoted(BaseModel):
    """Staff wrote down what a family told them: for the pupil's teacher, whom the family did not tell."""

    model_config = ConfigDict(frozen=True)

    request_id: UUID
    noted_at: datetime


class LeaveDecided(BaseModel):
    """By the school; what a family does itself it need not be told."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    request_id: UUID
    first_day: date
    last_day: date
    before: ClaimState
    after: ClaimState
    is_note: bool = False
    """Staff wrote down what the family had told them: nobody asked here."""
    note: str
    """What the school wrote to it; perhaps nothing."""
    decided_at: datetime
