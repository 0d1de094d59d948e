from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class LeaveRequest(Base):
    __tablename__ = "leave_request"
    __table_args__ = (
        Index("ix_leave_request_student_id_last_day", "student_id", "last_day"),
        Index("ix_leave_request_school_id_state", "school_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    first_day: Mapped[date]
    first_half: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[date]
    last_half: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the school was told: of a note, when the family said so, whenever it was written down."""
    told_by: Mapped[str | None] = mapped_column(String(120))
    """Of a note by staff: who told the school. None: the family asked here itself."""
    state: Mapped[str] = mapped_column(String(12))


class LeaveStep(Base):
    """What happened to a request, by whom and when; append-only."""

    __tablename__ = "leave_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("leave_request.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")


class LeaveAttachment(Base):
    """What a guardian sent with a request, such as a doctor's note; sealed (attachments.py)."""

    __tablename__ = "leave_attachment"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("leave_request.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    """From 1, in the order in which they were chosen."""
    media_type: Mapped[str] = mapped_column(String(30))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
