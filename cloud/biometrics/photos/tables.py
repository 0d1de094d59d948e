from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class FamilyPhoto(Base):
    """A photo that a guardian sent. Never without consent (guards.py); `sealed` is gone once it is decided on."""

    __tablename__ = "family_photo"
    __table_args__ = (
        CheckConstraint("(sealed IS NOT NULL) = (state IN ('waiting', 'seen'))", name="only_while_open"),
        Index("ix_family_photo_school_id_state", "school_id", "state"),
        Index("ix_family_photo_student_id_sent_at", "student_id", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    sent_by: Mapped[UUID]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[UUID]
    """Of the pupil's key in the keyring."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(20))
    seen_by: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
