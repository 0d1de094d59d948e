"""What the page tells the worker, through the outbox."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

THREAD_WRITTEN = "notifications.thread_written"


class ThreadWritten(BaseModel):
    model_config = ConfigDict(frozen=True)

    message_id: UUID
