"""What attendance tells the rest of the service, through the outbox."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

ARRIVED = "attendance.arrived"


class Arrived(BaseModel):
    """A pupil came in; or, with `corrects`, came in earlier than was said before."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
    day: date
    first_in_at: datetime
    corrects: datetime | None = None
