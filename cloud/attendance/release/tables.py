from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class PupilRelease(Base):
    """A pupil was handed over, or went alone; taken back by a mark, never deleted."""

    __tablename__ = "pupil_release"
    __table_args__ = (
        Index("ix_pupil_release_student_id_day", "student_id", "day"),
        Index("ix_pupil_release_school_id_day", "school_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[str] = mapped_column(String(10))
    to_name: Mapped[str] = mapped_column(String(120))
    """Who took the pupil along, as they were called then; empty for who went alone."""
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    permit_id: Mapped[UUID | None] = mapped_column(ForeignKey("collect_permit.id", ondelete="SET NULL"))
    by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class CollectPermit(Base):
    """A guardian lets somebody else collect their child, on one day, by a code that works once."""

    __tablename__ = "collect_permit"
    __table_args__ = (Index("ix_collect_permit_student_id_day", "student_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    code_hash: Mapped[str] = mapped_column(String(64))
    given_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wrong_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AlonePermission(Base):
    """A guardian said that their child may go home alone."""

    __tablename__ = "alone_permission"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    given_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DepartureTold(Base):
    """That the guardians were told when a pupil left on a day, and which time."""

    __tablename__ = "departure_told"

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    left_at: Mapped[datetime] = mapped_column(UtcDateTime)
