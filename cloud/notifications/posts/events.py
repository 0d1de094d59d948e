"""What the page tells the worker, through the outbox."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

POST_WAITS = "notifications.post_waits"
POST_CAME_OUT = "notifications.post_came_out"
POST_TO_TELL = "notifications.post_to_tell"


class PostWaits(BaseModel):
    """For somebody to approve it."""

    model_config = ConfigDict(frozen=True)

    post_id: UUID


class PostCameOut(BaseModel):
    """Approved, and its time has come: put into the outbox for then."""

    model_config = ConfigDict(frozen=True)

    post_id: UUID


class PostToTell(BaseModel):
    """To some of its guardians: each event is one transaction of the worker's."""

    model_config = ConfigDict(frozen=True)

    post_id: UUID
    to: tuple[tuple[UUID, UUID], ...]
    """Guardian, and the child for whose sake."""
