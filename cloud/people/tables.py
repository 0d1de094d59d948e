from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Student(Base):
    """`id`, written with hyphens, is the person reference that units know this pupil by."""

    __tablename__ = "student"
    __table_args__ = (UniqueConstraint("school_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    full_name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120), index=True)
    """The name in lower case without diacritics."""
    birth_date: Mapped[date | None]
    personal_id: Mapped[str | None] = mapped_column(String(12))
    """Số định danh cá nhân: twelve digits."""
    left_on: Mapped[date | None]
    """The first day on which the pupil is no longer with the school."""


class StudentLogin(Base):
    """The pupil's own log-in, where the school gives pupils one."""

    __tablename__ = "student_login"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), unique=True)


class StudentRecord(Base):
    """What the sector database wants to know of a pupil and nobody else reads; texts as its files have them."""

    __tablename__ = "student_record"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    """By the keys of exchange.formats.Detail."""


class StudentStep(Base):
    """A pupil came, changed class, left or returned; append-only. `from_class_id` None: was not with the school."""

    __tablename__ = "student_step"
    __table_args__ = (Index("ix_student_step_student_id_day", "student_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    day: Mapped[date]
    from_class_id: Mapped[UUID | None] = mapped_column(ForeignKey("school_class.id"))
    to_class_id: Mapped[UUID | None] = mapped_column(ForeignKey("school_class.id"))
    reason: Mapped[str] = mapped_column(String(300))
    other_school: Mapped[str | None] = mapped_column(String(200))
    """Of a transfer: where the pupil came from or went to, as it was written."""
    undoes: Mapped[UUID | None]
    """The step that this one takes back."""
    by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Guardian(Base):
    __tablename__ = "guardian"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    full_name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    """Digits with the country code: 84987654321."""
    email: Mapped[str | None] = mapped_column(String(254))
    merged_into: Mapped[UUID | None]
    """Was the same person as that one: has neither child, number nor log-in any more, only what was sent and said."""


class Guardianship(Base):
    __tablename__ = "guardianship"

    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True)
    may_collect: Mapped[bool] = mapped_column(default=True, server_default=true())
    may_see: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Without it the pupil is not shown to this guardian, and nothing of the pupil is told to them."""


class StaffMember(Base):
    __tablename__ = "staff_member"
    __table_args__ = (UniqueConstraint("school_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    code: Mapped[str] = mapped_column(String(40))
    full_name: Mapped[str] = mapped_column(String(120))
    search_name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(40))
    joined_on: Mapped[date | None]
    """The first day on which they are on the list; None for who was there before it said so."""
    left_on: Mapped[date | None]
    """The first day on which they no longer work there."""
