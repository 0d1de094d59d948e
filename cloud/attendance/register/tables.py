from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class AttendancePolicy(Base):
    """A school's own rules; a school without a row has the defaults of `facts.Policy`."""

    __tablename__ = "attendance_policy"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    grace_minutes: Mapped[int]
    leaving_grace_minutes: Mapped[int]
    absent_after_minutes: Mapped[int]
    stays_over_midday: Mapped[bool]
    warn_at: Mapped[str] = mapped_column(String(40), default="35,40,45", server_default="35,40,45")
    """School days absent at which people are warned, with commas between."""
    hold_back_class_percent: Mapped[int] = mapped_column(default=50, server_default="50")
    hold_back_school_percent: Mapped[int] = mapped_column(default=20, server_default="20")
    low_percent: Mapped[int] = mapped_column(default=90, server_default="90")


class RegisterEntry(Base):
    """One pupil's half-day as the register has it: always recomputed from all facts, never patched."""

    __tablename__ = "register_entry"
    __table_args__ = (Index("ix_register_entry_school_id_day_changed_at", "school_id", "day", "changed_at"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id"))
    """The class of that day, whatever class the pupil is in now."""
    presence: Mapped[str] = mapped_column(String(10))
    late_minutes: Mapped[int]
    left_early_minutes: Mapped[int]
    permission: Mapped[str | None] = mapped_column(String(1))
    by_person: Mapped[bool]
    reasons: Mapped[str] = mapped_column(Text)
    """JSON of facts.Reason, what decided first."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the guardians were told of an absence without notice; they hear it when that turns out wrong."""


class RegisterChange(Base):
    """What an entry said before and after; append-only."""

    __tablename__ = "register_change"
    __table_args__ = (Index("ix_register_change_student_id_day", "student_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    day: Mapped[date]
    half: Mapped[str] = mapped_column(String(10))
    presence: Mapped[str] = mapped_column(String(10))
    late_minutes: Mapped[int]
    left_early_minutes: Mapped[int]
    permission: Mapped[str | None] = mapped_column(String(1))
    because: Mapped[str] = mapped_column(String(30))
    """The rule that decided."""
    by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who did what led to it; None when it followed from what units reported."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterRefresh(Base):
    """Until when what came in has found its way into a school's register."""

    __tablename__ = "register_refresh"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    seen_until: Mapped[datetime] = mapped_column(UtcDateTime)
    round_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a worker last set out to bring it up to date: the others leave it alone for a while."""


class AttendanceMark(Base):
    """A person's word on a half-day or a period, with its reason; append-only, the latest holds."""

    __tablename__ = "attendance_mark"
    __table_args__ = (Index("ix_attendance_mark_student_id_day", "student_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    day: Mapped[date]
    half: Mapped[str] = mapped_column(String(10))
    period: Mapped[int | None]
    presence: Mapped[str | None] = mapped_column(String(10))
    """None gives the decision back to the rules."""
    late_minutes: Mapped[int]
    left_early_minutes: Mapped[int]
    permission: Mapped[str | None] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RegisterCheck(Base):
    """That a school's register of a day was compared with what follows from the facts, and how that came out."""

    __tablename__ = "register_check"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    half_days: Mapped[int]
    found: Mapped[int]


class RegisterFinding(Base):
    """A half-day that was kept otherwise than its facts said, or that the night left open."""

    __tablename__ = "register_finding"
    __table_args__ = (
        UniqueConstraint("student_id", "day", "half", "kind"),
        Index("ix_register_finding_school_id_settled_at", "school_id", "settled_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    day: Mapped[date]
    half: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    kept: Mapped[str] = mapped_column(String(60))
    follows: Mapped[str] = mapped_column(String(60))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """At once where the entry could be mended; else when a person had looked at it."""
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class AbsenceWarning(Base):
    """That a pupil's absences of a school year reached a number at which people are warned."""

    __tablename__ = "absence_warning"
    __table_args__ = (Index("ix_absence_warning_school_id_reached_at", "school_id", "reached_at"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    year_from: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the school year."""
    warn_at: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    reached_at: Mapped[datetime] = mapped_column(UtcDateTime)
