from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Device(Base):
    """A unit, and what its last heartbeat said. `heartbeat_at` is when the service received it."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The contract's DeviceId."""
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the bearer token, hexadecimal."""
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[UUID | None]
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    will_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the broker announced this session's last will; a hint only, cleared by the next heartbeat."""
    software: Mapped[str | None] = mapped_column(String(40))
    clock_trusted: Mapped[bool | None]
    uptime_s: Mapped[int | None]
    backlog: Mapped[int | None]
    camera: Mapped[str | None] = mapped_column(String(10))
    frames_per_s: Mapped[float | None]
    disk_free_mb: Mapped[int | None]
    cpu_temperature_c: Mapped[float | None]
    roster_size: Mapped[int | None]
    liveness: Mapped[str | None] = mapped_column(String(10))
    """The contract's LivenessState."""


class UnitWatch(Base):
    """A time during which a unit was known to be watching, as its heartbeats said (`watch_queries.py`)."""

    __tablename__ = "unit_watch"
    __table_args__ = (Index("ix_unit_watch_device_id_until", "device_id", "until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    session: Mapped[UUID | None]
    """The unit's own, of its last heartbeat; None: from before this was kept."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the service received the last heartbeat of it."""
    ended: Mapped[bool]
    """The unit said itself that it sees nothing."""
