from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime


class CertificateAuthority(Base):
    """One a school for its units, and one of the service for its brokers and workers."""

    __tablename__ = "certificate_authority"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A school's id, or `service`."""
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"), unique=True)
    certificate_pem: Mapped[str] = mapped_column(Text)
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    revocation_number: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClaimCode(Base):
    """A one-time code that makes a machine a unit. Only its keyed digest is kept."""

    __tablename__ = "claim_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Certificate(Base):
    """What an authority signed. `device_id` is absent for a broker's or a worker's own."""

    __tablename__ = "certificate"

    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Hexadecimal: up to 160 bits, more than a database's whole number holds."""
    authority: Mapped[str] = mapped_column(ForeignKey("certificate_authority.name"), index=True)
    common_name: Mapped[str] = mapped_column(String(255))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    public_key_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the public key (DER), hexadecimal."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
