from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Message(Base):
    """One message to one guardian, or to one member of staff, by one channel. Queued, sent, delivered and read are
    separate facts."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_message_guardian_id_queued_at", "guardian_id", "queued_at"),
        Index("ix_message_fall_back_at", "fall_back_at"),
        Index("ix_message_about_id", "about_id"),
        Index("ix_message_school_id_queued_at", "school_id", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"))
    """None where it goes to a member of staff."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    """Of the member of staff."""
    student_id: Mapped[UUID | None] = mapped_column(ForeignKey("student.id", ondelete="CASCADE"))
    """None where staff are told of no one pupil."""
    about_id: Mapped[UUID | None]
    """The notice, thread or post that it tells of."""
    path: Mapped[str] = mapped_column(String(120), default="", server_default="")
    """The page that it leads to; empty: that of the reader's children."""
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the child was seen: latency is measured from here."""
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not before; also the end of the lease of whoever is sending it."""
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The provider took it."""
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The guardian's own device said so, or the provider of it."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The reader opened it on their device, or on the page of what they were told."""
    failure: Mapped[str | None] = mapped_column(String(300))
    then: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """The channels to try after this one, with commas between."""
    fall_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next of them is tried, unless the message got over; None once that is settled."""


class MessagePreference(Base):
    """How a guardian with an account wishes to be told. Without a row: the default of `preferences.py`."""

    __tablename__ = "message_preference"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    channels: Mapped[str] = mapped_column(String(60))
    """In the order in which they are tried, with commas between."""
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    digest_at: Mapped[time | None]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffMute(Base):
    """A member of staff does not want to be told of this at work."""

    __tablename__ = "staff_mute"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)


class PushSubscription(Base):
    """A browser that asked for Web Push."""

    __tablename__ = "push_subscription"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(700), unique=True)
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """As a person calls it."""
    session_hash: Mapped[str | None] = mapped_column(
        ForeignKey("user_session.token_hash", ondelete="CASCADE", onupdate="CASCADE"), index=True
    )
    """Of the session in which it asked last: they end together. None: it asked before this was kept."""


class ProviderToken(Base):
    """What a provider of messages knows us by, sealed; replaced as a whole, by one worker at a time."""

    __tablename__ = "provider_token"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int]
    """Counts the replacements: a write names the one that it replaces."""
    refreshed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Somebody is asking for the next one, until then at the latest."""
