from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class OutboxEvent(Base):
    """Something that happened and that somebody has to be told about; written with the fact itself."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_done_at_available_at", "done_at", "available_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    topic: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not before; pushed ahead by whoever claims the event, and again after a failure."""
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(300))
