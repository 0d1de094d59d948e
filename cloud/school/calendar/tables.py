from datetime import date, time
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base
from cloud.kit.ids import new_id


class SchoolYear(Base):
    __tablename__ = "school_year"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(20))
    """As people say it: 2026-2027."""
    first_day: Mapped[date]
    last_day: Mapped[date]


class Term(Base):
    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("year_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"))
    number: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]


class BellScheduleRow(Base):
    """When the bells ring for some grades, from a day on. Never changed once it has begun: a new one follows it."""

    __tablename__ = "bell_schedule"
    __table_args__ = (UniqueConstraint("school_id", "valid_from", "first_grade"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date]
    first_grade: Mapped[int]
    last_grade: Mapped[int]
    gate_opens_at: Mapped[time]


class BellRow(Base):
    __tablename__ = "bell"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("bell_schedule.id", ondelete="CASCADE"), primary_key=True)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[time]
    ends_at: Mapped[time]


class TaughtHalfDay(Base):
    """A half-day that is taught each week under a schedule. Monday is 0."""

    __tablename__ = "taught_half_day"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("bell_schedule.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)


class CalendarRule(Base):
    """A day that differs: off or made up; for the school, a grade or a class; for one half-day or both."""

    __tablename__ = "calendar_rule"
    __table_args__ = (Index("ix_calendar_rule_school_id_day", "school_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    half: Mapped[str | None] = mapped_column(String(10))
    grade: Mapped[int | None]
    class_id: Mapped[UUID | None] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"))
    as_weekday: Mapped[int | None]
