from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Notice(Base):
    """Never changed; a correction is another one."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_school_id_sent_at", "school_id", "sent_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    audience: Mapped[str] = mapped_column(String(50))
    """`school`, `grade:1` or `class:ID`, when it was sent."""
    audience_name: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str] = mapped_column(String(120))
    """Empty: it was written in Vietnamese alone."""
    body_en: Mapped[str] = mapped_column(Text)
    emergency: Mapped[bool]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"), index=True)


class NoticeReminder(Base):
    """Those who had not acknowledged were told once more."""

    __tablename__ = "notice_reminder"

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    reminded_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    guardians: Mapped[int]
    """How many."""
    urgent: Mapped[bool]
    """At once by every way."""


class NoticeReceipt(Base):
    """One guardian's copy."""

    __tablename__ = "notice_receipt"

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True)
    guardian_id: Mapped[UUID] = mapped_column(
        ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    child_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    """For whose sake it came; of several children in the audience, one."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Opened by the guardian."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The guardian has said so."""
