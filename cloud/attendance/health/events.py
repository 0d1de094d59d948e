"""What the health desk tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

HEALTH_NOTED = "attendance.health_noted"


class HealthNoted(BaseModel):
    """Something was written about a pupil that the family is to read; what it is stands in their page alone."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    at: datetime
