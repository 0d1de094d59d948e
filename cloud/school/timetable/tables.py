from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base
from cloud.kit.ids import new_id


class Subject(Base):
    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("school_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))


class TeachingAssignment(Base):
    """Who teaches a subject to a class in a term; two teachers may share one."""

    __tablename__ = "teaching_assignment"
    __table_args__ = (UniqueConstraint("term_id", "class_id", "subject_id", "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"))
    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"))
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("subject.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)


class Homeroom(Base):
    """The homeroom teacher (giáo viên chủ nhiệm) of a class, from a day on."""

    __tablename__ = "homeroom"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("school_class.id", ondelete="CASCADE"), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)


class Timetable(Base):
    __tablename__ = "timetable"
    __table_args__ = (UniqueConstraint("term_id", "valid_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    term_id: Mapped[UUID] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"))
    valid_from: Mapped[date]


class LessonRow(Base):
    __tablename__ = "lesson"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("timetable.id", ondelete="CASCADE"), index=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("teaching_assignment.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    half: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    room: Mapped[str | None] = mapped_column(String(20))
