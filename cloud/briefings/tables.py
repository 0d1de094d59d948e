from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class BriefingHead(Base):
    """Rises when anything has changed that a unit of the school may have been told. Written by the database itself
    (guards.py)."""

    __tablename__ = "briefing_head"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    changes: Mapped[int] = mapped_column(BigInteger)


class BriefingUnit(Base):
    """A unit's briefing: its version, its key, and what the unit last said that it holds."""

    __tablename__ = "briefing_unit"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    key_id: Mapped[UUID]
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    composed_at_change: Mapped[int] = mapped_column(BigInteger, default=-1)
    """The head's number when it was last put together."""
    composed_on: Mapped[date | None]
    """The day, too: a term's bells and lessons come nearer."""
    acked_version: Mapped[int] = mapped_column(BigInteger, default=0)
    acked_people: Mapped[int | None]
    acked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the unit could not use, in its own words."""
    noticed_version: Mapped[int] = mapped_column(BigInteger, default=0)


class BriefingPart(Base):
    """A part as it is now, and the version in which it last changed."""

    __tablename__ = "briefing_part"

    device_id: Mapped[str] = mapped_column(ForeignKey("briefing_unit.device_id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(BigInteger)


class BriefingHolding(Base):
    """Somebody whose name was given to a unit. Gone only when the unit itself has said so."""

    __tablename__ = "briefing_holding"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wanted_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the unit did, in its own words."""


class UnitOrders(Base):
    """What the school set for one unit: settings, calibration, and the room behind it."""

    __tablename__ = "unit_orders"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    settings: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    calibration: Mapped[dict[str, object] | None] = mapped_column(JSON)
    room: Mapped[str | None] = mapped_column(String(20))
    """As the timetable names it; None: the unit's own class, wherever it is taught."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[UUID]
