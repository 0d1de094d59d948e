"""All SQL of what was told to whom, and of the ways on which it went."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.kit.clock import school_day
from cloud.notifications.queries import State
from cloud.notifications.tables import Message, PushSubscription
from cloud.notifications.transport import Channel
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Way:
    """One message, by one channel."""

    channel: Channel
    state: State
    due: datetime
    """Not before; of what waits alone."""
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """One occasion, told to one guardian."""

    guardian: str
    happened_at: datetime
    subject: str
    body: str
    path: str
    ways: tuple[Way, ...]

    @property
    def read_at(self) -> datetime | None:
        """First, whichever way it was that they read it on."""
        return min((one.read_at for one in self.ways if one.read_at), default=None)

    @property
    def day(self) -> date:
        return school_day(self.happened_at)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one channel, since some moment."""

    queued: int
    sent: int
    delivered: int
    read: int
    failed: int
    overdue_since: datetime | None
    """When the one that has waited longest should have gone; None: nothing waits that should not."""


@dataclass(frozen=True, slots=True)
class Failure:
    channel: Channel
    reason: str
    """In the words of the provider or of the code, for whoever looks after it."""
    count: int


@dataclass(frozen=True, slots=True)
class Unreached:
    student_id: UUID
    full_name: str
    class_name: str


def told_to(session: Session, user_id: UUID, student_id: UUID, *, since: datetime) -> list[Told]:
    """What this user was told as a guardian of this child, latest first."""
    return _told(session, since, Message.student_id == student_id, Guardian.user_id == user_id)


def mark_read(session: Session, user_id: UUID, student_id: UUID, *, since: datetime, now: datetime) -> None:
    """They have the page of it before them: no other way needs to be tried."""
    theirs = select(Guardian.id).where(Guardian.user_id == user_id)
    session.execute(
        update(Message)
        .where(Message.student_id == student_id, Message.guardian_id.in_(theirs), Message.queued_at >= since)
        .where(Message.read_at.is_(None))
        .values(read_at=now, fall_back_at=None)
        .execution_options(synchronize_session=False)
    )


def told_of(session: Session, student_id: UUID, *, since: datetime) -> list[Told]:
    """What all the guardians of this pupil were told, latest first."""
    return _told(session, since, Message.student_id == student_id)


def traffic(session: Session, school_id: UUID, *, since: datetime, now: datetime) -> dict[Channel, Traffic]:
    waits = and_(Message.state == State.QUEUED, Message.next_attempt_at < now)
    rows = session.execute(
        select(
            Message.channel,
            func.count(),
            func.count(Message.sent_at),
            func.count(Message.delivered_at),
            func.count(Message.read_at),
            func.count().filter(Message.state == State.FAILED),
            func.min(Message.next_attempt_at).filter(waits),
        )
        .where(Message.school_id == school_id, Message.queued_at >= since)
        .group_by(Message.channel)
    )
    return {Channel(row[0]): Traffic(*row[1:]) for row in rows}


def failures(session: Session, school_id: UUID, *, since: datetime) -> list[Failure]:
    """Those that came most often."""
    count = func.count()
    rows = session.execute(
        select(Message.channel, Message.failure, count)
        .where(Message.school_id == school_id, Message.queued_at >= since, Message.failure.is_not(None))
        .group_by(Message.channel, Message.failure)
        .order_by(count.desc(), Message.failure)
        .limit(5)
    )
    return [Failure(Channel(channel), reason or "", number) for channel, reason, number in rows]


def unreached(session: Session, school_id: UUID, channels: Collection[Channel], today: date) -> list[Unreached]:
    """Pupils none of whose guardians has an address on any of these channels, by class."""
    ways: list[ColumnElement[bool]] = []
    if Channel.EMAIL in channels:
        ways.append(Guardian.email.is_not(None))
    if Channel.ZALO in channels or Channel.SMS in channels:
        ways.append(Guardian.phone.is_not(None))
    if Channel.WEB_PUSH in channels:
        ways.append(exists().where(PushSubscription.user_id == Guardian.user_id))
    reached = (
        exists()
        .where(Guardianship.student_id == Student.id, Guardianship.may_see, Guardian.id == Guardianship.guardian_id)
        .where(or_(*ways) if ways else Guardian.id.is_(None))
    )
    rows = session.execute(
        select(Student.id, Student.full_name, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.school_id == school_id, or_(Student.left_on.is_(None), Student.left_on > today), ~reached)
        .order_by(SchoolClass.grade, SchoolClass.name, Student.full_name, Student.id)
    )
    return [Unreached(*row) for row in rows]


def _told(session: Session, since: datetime, *which: ColumnElement[bool]) -> list[Told]:
    rows = session.execute(
        select(
            Guardian.full_name, Message.happened_at, Message.subject, Message.body, Message.path, Message.channel,
            Message.state, Message.next_attempt_at, Message.sent_at, Message.delivered_at, Message.read_at,
        )
        .join(Guardian, Guardian.id == Message.guardian_id)
        .where(Message.queued_at >= since, *which)
        .order_by(Message.happened_at.desc(), Guardian.full_name, Message.queued_at, Message.id)
        .limit(MOST_SHOWN)
    )  # fmt: skip
    ways: defaultdict[tuple[str, datetime, str, str, str], list[Way]] = defaultdict(list)
    for guardian, happened_at, subject, body, path, channel, state, *moments in rows:
        ways[guardian, happened_at, subject, body, path].append(Way(Channel(channel), State(state), *moments))
    return [Told(*occasion, tuple(of_it)) for occasion, of_it in ways.items()]
