from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class ClassGroup(Base):
    """A class without a row has no group."""

    __tablename__ = "class_group"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10))
    """`off`, `approve` or `open`."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupMessage(Base):
    __tablename__ = "group_message"
    __table_args__ = (Index("ix_group_message_class_id_at", "class_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    by_staff: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(10))
    """`waiting`, `shown`, `hidden` or `taken_back`."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it is hidden."""


class GroupMute(Base):
    """Somebody who may read, but not write until then."""

    __tablename__ = "group_mute"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300))
    muted_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))


class GroupReport(Base):
    """A reader asks the homeroom teacher to look at a message."""

    __tablename__ = "group_report"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("group_message.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupRead(Base):
    __tablename__ = "group_read"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
