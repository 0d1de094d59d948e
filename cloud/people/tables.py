from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base
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


class Guardian(Base):
    __tablename__ = "guardian"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    full_name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20))
    """Digits with the country code: 84987654321."""
    email: Mapped[str | None] = mapped_column(String(254))


class Guardianship(Base):
    __tablename__ = "guardianship"

    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True, index=True)


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
