"""What the page tells the worker, through the outbox."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

NOTICE_SENT = "notifications.notice_sent"


class NoticeSent(BaseModel):
    """To some of its guardians: a school's are many, and each event is one transaction of the worker's."""

    model_config = ConfigDict(frozen=True)

    notice_id: UUID
    sent_at: datetime
    to: tuple[tuple[UUID, UUID], ...]
    """Guardian, and the child for whose sake."""
    reminder: int = 0
    """Which one it is; 0 is the notice itself."""
    urgent: bool = False
    """A reminder that goes at once by every way, whatever the notice was."""
