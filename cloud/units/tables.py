from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class UnitTrouble(Base):
    """That a unit is in some trouble; gone when it is good again."""

    __tablename__ = "unit_trouble"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    trouble: Mapped[str] = mapped_column(String(20), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the service found it first."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
