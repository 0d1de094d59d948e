from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Where sightings are filed whose unit did not trust its clock."""


def _filed_at(context: DefaultExecutionContext) -> object:
    given = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return given["captured_at"] if given["clock_trusted"] else UNDATED


class Observation(Base):
    """One sighting at one unit, exactly as reported; append-only. (device_id, seq) is its key, for ever."""

    __tablename__ = "observation"
    __table_args__ = (
        Index("ix_observation_student_id_happened_at", "student_id", "happened_at"),
        Index("ix_observation_school_id_received_at", "school_id", "received_at"),
        Index(
            "ix_observation_waiting",
            "device_id",
            "boot_id",
            sqlite_where=text("happened_at IS NULL"),
            postgresql_where=text("happened_at IS NULL"),
        ),
        Index(
            "ix_observation_unknown_person",
            "school_id",
            "received_at",
            sqlite_where=text("person_ref IS NOT NULL AND student_id IS NULL"),
            postgresql_where=text("person_ref IS NOT NULL AND student_id IS NULL"),
        ),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("student.id"))
    """None when nobody was identified, or when `person_ref` is nobody that we know."""
    person_ref: Mapped[str | None] = mapped_column(String(64))
    candidates: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Person references of a doubtful sighting: for staff, never for a parent."""
    outcome: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(12))
    direction: Mapped[str | None] = mapped_column(String(3))
    captured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """What the unit's clock said."""
    happened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was, as far as we believe; None while the unit's clock cannot be trusted."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    boot_id: Mapped[UUID]
    monotonic_ms: Mapped[int] = mapped_column(BigInteger)
    clock_trusted: Mapped[bool]
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=_filed_at)
    """Says which month's partition of PostgreSQL holds it, and is part of the key there: it follows from what the unit
    reported and nothing else, so that the same sighting sent again comes to the same place."""
    distance: Mapped[float | None]
    margin: Mapped[float | None]
    threshold: Mapped[float | None]
    """What the unit read the distance against; None from a unit that does not say."""
    quality: Mapped[float | None]
    temperature_c: Mapped[float | None]
    model: Mapped[str | None] = mapped_column(String(64))
    liveness: Mapped[str | None] = mapped_column(String(10))
    """Whether the face was a living one, as far as the unit could tell: for staff, never for a parent."""


class HighestSeq(Base):
    """The highest number that was stored of a unit."""

    __tablename__ = "highest_seq"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class ClockAnchor(Base):
    """The first moment of a unit's boot at which its clock was right: what was seen before is dated by it."""

    __tablename__ = "clock_anchor"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    boot_id: Mapped[UUID] = mapped_column(primary_key=True)
    captured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    monotonic_ms: Mapped[int] = mapped_column(BigInteger)


class Presence(Base):
    """One pupil's day as it follows from the observations; always recomputed from all of them, never patched."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_school_id_day_changed_at", "school_id", "day", "changed_at"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """The day where the school stands."""
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    first_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None while the pupil was only seen leaving."""
    first_device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"))
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    passages: Mapped[int]
    """Seen at two units within the window is one passage."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the service last changed this row."""


class SetAside(Base):
    """What could not be used, kept for a person; the same thing again only counts up."""

    __tablename__ = "set_aside"
    __table_args__ = (UniqueConstraint("fingerprint"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fingerprint: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64), index=True)
    """As the topic said; possibly no unit of ours."""
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"), index=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    times_seen: Mapped[int] = mapped_column(default=1)
    first_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
