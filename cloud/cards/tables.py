from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class CardKey(Base):
    """What a school signs its cards with. `number` stands in every card."""

    __tablename__ = "card_key"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From then on no card of this key counts."""


class IssuedCard(Base):
    """One printed card of a pupil or of a member of staff, for ever. The serial is never given twice."""

    __tablename__ = "issued_card"
    __table_args__ = (CheckConstraint("(student_id IS NULL) <> (staff_id IS NULL)", name="one_holder"),)

    serial: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("student.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    key_number: Mapped[int]
    valid_until: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[UUID]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[UUID | None]

    @property
    def holder_id(self) -> UUID:
        holder = self.student_id or self.staff_id
        assert holder is not None
        return holder


class PupilChip(Base):
    """A chip that means a pupil; `value` is what a reader types, in capitals."""

    __tablename__ = "pupil_chip"
    __table_args__ = (UniqueConstraint("school_id", "value"),)

    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    value: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_by: Mapped[UUID]
