"""What timesheets tell the rest of the service, through the outbox."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

CORRECTION_ASKED = "attendance.timesheet_correction_asked"


class CorrectionAsked(BaseModel):
    model_config = ConfigDict(frozen=True)

    correction_id: UUID
