from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None: whoever came in by the school's own sign-in, and has not chosen one."""
    locale: Mapped[str] = mapped_column(String(8), default="vi")
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the cookie, hexadecimal: a stolen database opens no session."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(300), default="")


class KnownDevice(Base):
    """A browser in which somebody has come in before. Several may share one."""

    __tablename__ = "known_device"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the cookie, hexadecimal."""
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class RoleGrant(Base):
    """A right is a role within a scope; guardians need none, their children follow from guardianship."""

    __tablename__ = "role_grant"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    scope_kind: Mapped[str] = mapped_column(String(20), default="school")
    scope_id: Mapped[UUID | None]
    grade: Mapped[int | None]


class AuditHead(Base):
    """Where a school's chain ends: locked while an entry is added, so that two never follow the same one."""

    __tablename__ = "audit_head"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """Append-only."""

    __tablename__ = "audit_entry"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    """No foreign key: the entry outlives the account."""
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class LogInChange(Base):
    """What changed in how somebody logs in, for themselves to read: whoever took their place could not hide it."""

    __tablename__ = "log_in_change"
    __table_args__ = (Index("ix_log_in_change_user_id_at", "user_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(40))
    by_name: Mapped[str | None] = mapped_column(String(120))
    """Who else did it; None: they themselves."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PendingStep(Base):
    """Something that began and waits for its second half: used once, and soon forgotten."""

    __tablename__ = "pending_step"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what whoever began it was given."""
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    facts: Mapped[dict[str, str]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Throttled(Base):
    """A pair that failed, an address or a known browser with a log-in name: until when its failures count."""

    __tablename__ = "throttled"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the pair: neither addresses nor names are kept."""
    clears_at_ms: Mapped[int] = mapped_column(BigInteger, index=True)
    """Since 1970. Every failure puts it off; a number, so that both databases add to it in one statement."""


class SentForm(Base):
    """A form that somebody sent and that was taken: sent again, it leads where it led before. Forgotten after two
    days, when they send the next one."""

    __tablename__ = "sent_form"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the page's key, the address and what was typed: none of it can be read from here."""
    led_to: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
