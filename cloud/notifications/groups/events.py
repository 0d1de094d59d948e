"""What the page tells the worker, through the outbox."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

GROUP_WRITTEN = "notifications.group_written"
GROUP_TO_LOOK_AT = "notifications.group_to_look_at"


class GroupWritten(BaseModel):
    """By staff, for all families of the class."""

    model_config = ConfigDict(frozen=True)

    message_id: UUID


class GroupToLookAt(BaseModel):
    """A message waits to be let in, or somebody has reported one."""

    model_config = ConfigDict(frozen=True)

    message_id: UUID
    child_id: UUID
    """Of whoever has written or reported it."""
    reported: bool
