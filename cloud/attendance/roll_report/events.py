"""What is told of the roll, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cloud.school.calendar.facts import HalfDay

CLASSES_REPORTED = "attendance.classes_reported"
SCHOOL_REPORTED = "attendance.school_reported"


class RollReported(BaseModel):
    """To the homeroom teachers of these classes, or of these classes to who runs the school: by the topic."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    day: date
    half: HalfDay
    class_ids: tuple[UUID, ...]
    at: datetime
