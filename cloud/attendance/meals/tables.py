from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class MealPolicy(Base):
    """A school without a row serves no meals."""

    __tablename__ = "meal_policy"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), primary_key=True)
    cut_off: Mapped[time]
    """Where the school stands; 08:00 mostly."""


class MealRegistration(Base):
    """A pupil eats at school from a day on; until a day, or until further notice."""

    __tablename__ = "meal_registration"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date | None]


class MealCount(Base):
    """The locked count of a class; never changed."""

    __tablename__ = "meal_count"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    portions: Mapped[int]
    in_doubt: Mapped[int]
    locked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MealExcuse(Base):
    """That fees were told of an excused day."""

    __tablename__ = "meal_excuse"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_cut_off: Mapped[bool]
