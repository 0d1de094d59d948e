"""What others may want to know; written into kit.outbox with the fact itself."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

ERASED = "biometrics.erased"
"""A pupil's templates are gone: their key is to be destroyed, and the units are to hear of it."""


class Erased(BaseModel):
    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID
