from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class SecondStep(Base):
    """An authenticator app's secret. It counts once a first code has confirmed it."""

    __tablename__ = "second_step"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The secret under `secret_key`: kit/seal.py."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0)
    """The half minute whose code was taken last: neither that one nor an earlier one is taken again."""


class RecoveryCode(Base):
    """For whoever has lost the phone: used once, and gone then."""

    __tablename__ = "recovery_code"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("second_step.user_id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Keyed by `secret_key`: a stolen database gives none away."""
