from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Invitation(Base):
    """For one member of staff with a role, for one guardian or for one pupil; used once."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the code: a stolen database invites nobody."""
    display_name: Mapped[str] = mapped_column(String(120))
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    role: Mapped[str | None] = mapped_column(String(40))
    scope_kind: Mapped[str | None] = mapped_column(String(20))
    scope_id: Mapped[UUID | None]
    grade: Mapped[int | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
