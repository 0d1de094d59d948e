from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class LinkedIdentity(Base):
    """Whom a provider means by a subject. Only the owner of the account, or an invitation, makes one."""

    __tablename__ = "linked_identity"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    """How the provider called them when it was linked, for their own eyes; it decides nothing."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
