"""What others may want to know; written into kit.outbox with the fact itself."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

LEFT = "people.left"
"""A pupil is no longer with the school: what was kept for recognition is to go."""


class Left(BaseModel):
    model_config = ConfigDict(frozen=True)

    school_id: UUID
    student_id: UUID


MERGED = "people.guardians_merged"
"""Two guardians were one person: what was said by and sent to `gone` is `kept`'s."""


class Merged(BaseModel):
    model_config = ConfigDict(frozen=True)

    school_id: UUID
    gone: UUID
    kept: UUID
