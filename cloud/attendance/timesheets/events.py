"""What timesheets tell the rest of the service, through the outbox."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

CORRECTION_ASKED = "attendance.timesheet_correction_asked"
CORRECTION_DECIDED = "attendance.timesheet_correction_decided"


class CorrectionAsked(BaseModel):
    model_config = ConfigDict(frozen=True)

    correction_id: UUID


class CorrectionDecided(BaseModel):
    model_config = ConfigDict(frozen=True)

    correction_id: UUID
