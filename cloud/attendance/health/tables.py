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
