"""What the health desk tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloud.school.calendar.facts import HalfDay

FEVER_SEEN = "attendance.fever_seen"
HEALTH_NOTED = "attendance.health_noted"


class HealthNoted(BaseModel):
    """Something was written about a pupil that the family is to read; what it is stands in their page alone."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    at: datetime


class FeverSeen(BaseModel):
    """A pupil was too warm at a unit: for the health staff alone. Once each half-day."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    half: HalfDay
    seen_at: datetime
    """When it became known."""
