"""How far a notice got with each guardian: queued, sent, delivered, read and acknowledged, each a fact of its own."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from cloud.notifications.notices.tables import NoticeReceipt
from cloud.notifications.queries import State
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel
from cloud.people.tables import Guardian, Student
from cloud.school.tables import SchoolClass

MOST_SHOWN = 200


class Which(StrEnum):
    WAITING = "waiting"
    """Have not acknowledged."""
    UNREAD = "unread"
    UNREACHED = "unreached"
    """Nothing was sent to them: no way leads there, or every one failed."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ByChannel:
    channel: Channel
    queued: int
    sent: int
    delivered: int
    failed: int


@dataclass(frozen=True, slots=True)
class Way:
    """One message of a guardian's."""

    channel: Channel
    state: State
    queued_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    guardian: str
    child: str
    class_name: str
    read_at: datetime | None
    acknowledged_at: datetime | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    to: int
    sent: int
    delivered: int
    read: int
    acknowledged: int


def totals(session: Session, notice_id: UUID) -> Totals:
    """Guardians; one who was sent it by two ways counts once."""
    to, read, acknowledged = session.execute(
        select(func.count(), func.count(NoticeReceipt.read_at), func.count(NoticeReceipt.acknowledged_at)).where(
            NoticeReceipt.notice_id == notice_id
        )
    ).one()
    reached = [
        session.scalar(
            select(func.count(Message.guardian_id.distinct())).where(Message.about_id == notice_id, fact.is_not(None))
        )
        for fact in (Message.sent_at, Message.delivered_at)
    ]
    return Totals(to, reached[0] or 0, reached[1] or 0, read, acknowledged)


def by_channel(session: Session, notice_id: UUID) -> list[ByChannel]:
    failed = func.count().filter(Message.state == State.FAILED)
    rows = session.execute(
        select(Message.channel, func.count(), func.count(Message.sent_at), func.count(Message.delivered_at), failed)
        .where(Message.about_id == notice_id)
        .group_by(Message.channel)
        .order_by(Message.channel)
    )
    return [ByChannel(Channel(row[0]), *row[1:]) for row in rows]


def facts(session: Session, notice_id: UUID, which: Which) -> list[Facts]:
    """By class and child, at most MOST_SHOWN."""
    sent = select(Message.guardian_id).where(Message.about_id == notice_id, Message.sent_at.is_not(None))
    wanted: dict[Which, ColumnElement[bool]] = {
        Which.WAITING: NoticeReceipt.acknowledged_at.is_(None),
        Which.UNREAD: NoticeReceipt.read_at.is_(None) & NoticeReceipt.acknowledged_at.is_(None),
        Which.UNREACHED: Guardian.id.not_in(sent),
        Which.ALL: true(),
    }
    rows = session.execute(
        select(
            Guardian.id,
            Guardian.full_name,
            Student.full_name,
            SchoolClass.name,
            NoticeReceipt.read_at,
            NoticeReceipt.acknowledged_at,
        )
        .join(NoticeReceipt, NoticeReceipt.guardian_id == Guardian.id)
        .join(Student, Student.id == NoticeReceipt.child_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(NoticeReceipt.notice_id == notice_id, wanted[which])
        .order_by(SchoolClass.grade, SchoolClass.name, Student.full_name, Guardian.full_name)
        .limit(MOST_SHOWN)
    ).all()
    ways = _ways(session, notice_id, [row[0] for row in rows])
    return [Facts(*row[1:], ways=tuple(ways[row[0]])) for row in rows]


def _ways(session: Session, notice_id: UUID, guardians: list[UUID]) -> dict[UUID | None, list[Way]]:
    found: dict[UUID | None, list[Way]] = defaultdict(list)
    rows = session.execute(
        select(
            Message.guardian_id,
            Message.channel,
            Message.state,
            Message.queued_at,
            Message.sent_at,
            Message.delivered_at,
        )
        .where(Message.about_id == notice_id, Message.guardian_id.in_(guardians))
        .order_by(Message.queued_at, Message.id)
    )
    for guardian_id, channel, state, queued_at, sent_at, delivered_at in rows:
        found[guardian_id].append(Way(Channel(channel), State(state), queued_at, sent_at, delivered_at))
    return found
