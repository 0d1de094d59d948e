from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.kit.db import Base, UtcDateTime
from cloud.kit.ids import new_id


class Post(Base):
    """Its words are never changed; a correction is another one. Whoever wrote it does not decide on it."""

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_school_id_publish_at", "school_id", "publish_at"),
        CheckConstraint("decided_by <> author_id", name="another_decides"),
        CheckConstraint("state NOT IN ('approved', 'withdrawn') OR decided_by IS NOT NULL", name="somebody_decides"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    audience: Mapped[str] = mapped_column(String(50))
    """`school`, `grade:1` or `class:ID`."""
    audience_name: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    publish_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not before, and not before it is approved."""
    state: Mapped[str] = mapped_column(String(10))
    """`waiting`, `approved`, `rejected` or `withdrawn`."""
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300), default="")
    """Why it was rejected or withdrawn."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"), index=True)


class PostRead(Base):
    """A parent has opened it, or the page with all of them."""

    __tablename__ = "post_read"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostPicture(Base):
    """Without what the camera wrote into it, and sealed (pictures.py)."""

    __tablename__ = "post_picture"
    __table_args__ = (CheckConstraint("alt <> ''", name="is_described"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    alt: Mapped[str] = mapped_column(String(300))
    """What is to be seen, for whoever does not see it."""
    media_type: Mapped[str] = mapped_column(String(30))
    width_px: Mapped[int]
    height_px: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
