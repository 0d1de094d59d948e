"""SQL of messages whose guardian turned out to be another."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.notifications.notices.tables import NoticeReceipt
from cloud.notifications.tables import Message


def hand_over(session: Session, gone: UUID, kept: UUID) -> None:
    """Of a notice that both had, the copy of `kept` stays."""
    session.execute(update(Message).where(Message.guardian_id == gone).values(guardian_id=kept))
    both = select(NoticeReceipt.notice_id).where(NoticeReceipt.guardian_id == kept)
    twice = NoticeReceipt.notice_id.in_(both.scalar_subquery())
    session.execute(delete(NoticeReceipt).where(NoticeReceipt.guardian_id == gone, twice))
    session.execute(update(NoticeReceipt).where(NoticeReceipt.guardian_id == gone).values(guardian_id=kept))
