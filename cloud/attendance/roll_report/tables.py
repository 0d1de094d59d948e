from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class RollReportTime(Base):
    """When a school's people are told; a school without a row has the default of `rules.py`."""

    __tablename__ = "roll_report_time"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[time]


class RollReport(Base):
    """That a class's figures, or a school's, were told of a half-day."""

    __tablename__ = "roll_report"

    of_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The class, or the school."""
    day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
