"""What others hear of a changed calendar."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

PLAN_CHANGED = "calendar.plan_changed"


class PlanChanged(BaseModel):
    """A class is, or was, taught otherwise on a day that has begun than was thought until now."""

    model_config = ConfigDict(frozen=True)

    school_id: UUID
    class_id: UUID
    day: date
