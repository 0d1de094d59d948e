from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class HealthEntry(Base):
    """What the health desk wrote; struck out rather than deleted."""

    __tablename__ = "health_entry"
    __table_args__ = (
        Index("ix_health_entry_school_id_day", "school_id", "day"),
        Index("ix_health_entry_student_id_at", "student_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    temperature_c: Mapped[float | None]
    """As measured by hand."""
    note: Mapped[str] = mapped_column(String(500))
    tells_family: Mapped[bool]
    """Whether the guardians were sent a message about it."""
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class FeverLimit(Base):
    """A school without a row has the installation's, `fever_c`."""

    __tablename__ = "fever_limit"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    from_c: Mapped[float]


class FeverAlarm(Base):
    """That the health staff were alarmed of a pupil who was too warm at a unit: once a half-day. How warm, the
    sighting says."""

    __tablename__ = "fever_alarm"
    __table_args__ = (Index("ix_fever_alarm_school_id_raised_at", "school_id", "raised_at"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HealthDeskLook(Base):
    """When one of the health staff opened the desk last: of what was raised since, they have not seen anything."""

    __tablename__ = "health_desk_look"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)
