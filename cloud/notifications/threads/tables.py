from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Thread(Base):
    """Of one child's family and one teacher: all guardians who may see the child share it."""

    __tablename__ = "thread"
    __table_args__ = (UniqueConstraint("student_id", "teacher_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    teacher_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThreadMessage(Base):
    """Never changed; taken back before anybody has read it, it is empty and says so."""

    __tablename__ = "thread_message"
    __table_args__ = (Index("ix_thread_message_thread_id_at", "thread_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    side: Mapped[str] = mapped_column(String(10))
    """`family` or `teacher`."""
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ThreadFile(Base):
    """What came with a message; sealed (files.py)."""

    __tablename__ = "thread_file"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("thread_message.id", ondelete="CASCADE"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(30))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ThreadRead(Base):
    """When somebody read what was then the newest."""

    __tablename__ = "thread_read"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThreadRules(Base):
    """What a school has decided of threads. Without a row: the default of `rules.py`."""

    __tablename__ = "thread_rules"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    show_read: Mapped[bool]
    """Each side sees when the other has read."""


class TeacherAway(Base):
    """A teacher's note on when they do not answer, shown to families until its last day."""

    __tablename__ = "teacher_away"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(String(300))
