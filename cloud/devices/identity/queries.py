"""All SQL of identities. Who may ask is decided by the caller: a unit by its code or token, a person by a grant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.devices.identity.tables import Certificate, CertificateAuthority, ClaimCode
from cloud.devices.tables import Device
from cloud.school.tables import School


def school_of(session: Session, device_id: str) -> tuple[UUID, str] | None:
    """The school that a unit belongs to, disabled or not: its id and name."""
    row = session.execute(
        select(School.id, School.name).join(Device, Device.school_id == School.id).where(Device.id == device_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def authority(session: Session, name: str) -> CertificateAuthority | None:
    return session.get(CertificateAuthority, name)


def authorities(session: Session) -> list[CertificateAuthority]:
    return list(session.scalars(select(CertificateAuthority).order_by(CertificateAuthority.created_at)))


def next_revocation_number(session: Session, name: str) -> int:
    number: int | None = session.scalar(
        update(CertificateAuthority)
        .where(CertificateAuthority.name == name)
        .values(revocation_number=CertificateAuthority.revocation_number + 1)
        .returning(CertificateAuthority.revocation_number)
    )
    assert number is not None
    return number


def replace_code(session: Session, code: ClaimCode) -> None:
    """One open code a unit: an earlier one is worth nothing from now on."""
    session.execute(delete(ClaimCode).where(ClaimCode.device_id == code.device_id, ClaimCode.used_at.is_(None)))
    session.add(code)


def use_code(session: Session, digest: str, now: datetime) -> str | None:
    """The unit that the code was made for; None if it is unknown, used or expired. It works once."""
    return session.scalar(
        update(ClaimCode)
        .where(ClaimCode.digest == digest, ClaimCode.used_at.is_(None), ClaimCode.expires_at > now)
        .values(used_at=now)
        .returning(ClaimCode.device_id)
    )


def admit(session: Session, device_id: str, token_hash: str) -> None:
    session.execute(update(Device).where(Device.id == device_id).values(token_hash=token_hash, disabled_at=None))


def disable(session: Session, device_id: str, now: datetime) -> None:
    """The service takes nothing from it any more, and its open codes are void."""
    session.execute(update(Device).where(Device.id == device_id).values(disabled_at=now))
    session.execute(delete(ClaimCode).where(ClaimCode.device_id == device_id, ClaimCode.used_at.is_(None)))


def revoke_certificates(session: Session, device_id: str, now: datetime) -> int:
    """How many were valid until now."""
    revoked = session.scalars(
        update(Certificate)
        .where(Certificate.device_id == device_id, Certificate.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(Certificate.serial)
    )
    return len(revoked.all())


def holds_key(session: Session, device_id: str, public_key_digest: str) -> bool:
    """Whether one of the unit's certificates that were never revoked is for this key."""
    found = session.scalar(
        select(Certificate.serial)
        .where(
            Certificate.device_id == device_id,
            Certificate.public_key_digest == public_key_digest,
            Certificate.revoked_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def revoked(session: Session, authority_name: str, now: datetime) -> list[tuple[int, datetime]]:
    """Serial numbers of the authority's revoked certificates that have not expired by themselves."""
    rows = session.execute(
        select(Certificate.serial, Certificate.revoked_at)
        .where(
            Certificate.authority == authority_name,
            Certificate.revoked_at.is_not(None),
            Certificate.expires_at > now,
        )
        .order_by(Certificate.serial)
    )
    return [(int(serial, 16), at) for serial, at in rows if at is not None]


def disabled_devices(session: Session) -> list[str]:
    return list(session.scalars(select(Device.id).where(Device.disabled_at.is_not(None)).order_by(Device.id)))


def forget_certificates(session: Session, common_name: str) -> None:
    session.execute(delete(Certificate).where(Certificate.common_name == common_name))
