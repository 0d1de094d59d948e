"""All SQL of class groups. Who sits in one is decided by `meeting.py`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.accounts.tables import User
from cloud.kit.db import insert
from cloud.notifications.groups.rules import Mode, State
from cloud.notifications.groups.tables import ClassGroup, GroupMessage, GroupMute, GroupRead, GroupReport
from cloud.people.access import class_visible_to
from cloud.people.tables import Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Said:
    message: GroupMessage
    author: str
    reports: int


@dataclass(frozen=True, slots=True)
class Muted:
    user_id: UUID
    name: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    mode: Mode
    unread: int
    waiting: int
    reported: int


def class_of(session: Session, student_id: UUID, today: date) -> tuple[UUID, UUID, str] | None:
    """School, class and its name, of a pupil who has not left."""
    row = session.execute(
        select(SchoolClass.school_id, SchoolClass.id, SchoolClass.name)
        .join(Student, Student.class_id == SchoolClass.id)
        .where(Student.id == student_id, or_(Student.left_on.is_(None), Student.left_on > today))
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def mode_of(session: Session, class_id: UUID) -> Mode:
    found = session.get(ClassGroup, class_id)
    return Mode(found.mode) if found else Mode.OFF


def set_mode(session: Session, class_id: UUID, mode: Mode, *, now: datetime) -> None:
    said = {"mode": mode, "changed_at": now}
    statement = insert(session, ClassGroup).values(class_id=class_id, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["class_id"], set_=said))


def add(
    session: Session, class_id: UUID, author_id: UUID, body: str, state: State, *, by_staff: bool, now: datetime
) -> GroupMessage:
    row = GroupMessage(
        class_id=class_id, author_id=author_id, by_staff=by_staff, body=body, at=now, state=state, reason=""
    )
    session.add(row)
    session.flush()
    return row


def message(session: Session, class_id: UUID, message_id: UUID) -> GroupMessage | None:
    found = session.get(GroupMessage, message_id)
    return found if found is not None and found.class_id == class_id else None


def messages(session: Session, class_id: UUID, reader_id: UUID, *, moderates: bool, limit: int = 200) -> list[Said]:
    """The latest ones, the oldest of them first. What waits is shown to its author and to whoever moderates."""
    reports = (
        select(func.count()).select_from(GroupReport).where(GroupReport.message_id == GroupMessage.id).scalar_subquery()
    )
    statement = (
        select(GroupMessage, User.display_name, reports)
        .join(User, User.id == GroupMessage.author_id)
        .where(GroupMessage.class_id == class_id)
        .order_by(GroupMessage.at.desc(), GroupMessage.id.desc())
        .limit(limit)
    )
    if not moderates:
        statement = statement.where(or_(GroupMessage.state != State.WAITING, GroupMessage.author_id == reader_id))
    return [Said(*row) for row in reversed(session.execute(statement).all())]


def reasons_of(session: Session, message_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Why each was reported."""
    found: dict[UUID, list[str]] = {}
    rows = session.execute(
        select(GroupReport.message_id, GroupReport.reason)
        .where(GroupReport.message_id.in_(message_ids))
        .order_by(GroupReport.at)
    )
    for message_id, reason in rows:
        found.setdefault(message_id, []).append(reason)
    return found


def decide(session: Session, message_id: UUID, state: State, by: UUID, reason: str, *, now: datetime) -> None:
    """What was reported is thereby looked at."""
    session.execute(
        update(GroupMessage)
        .where(GroupMessage.id == message_id)
        .values(state=state, decided_by=by, decided_at=now, reason=reason)
    )
    session.execute(delete(GroupReport).where(GroupReport.message_id == message_id))


def empty(session: Session, message_id: UUID, *, now: datetime) -> None:
    session.execute(
        update(GroupMessage)
        .where(GroupMessage.id == message_id)
        .values(state=State.TAKEN_BACK, body="", reason="", decided_at=now)
    )
    session.execute(delete(GroupReport).where(GroupReport.message_id == message_id))


def report(session: Session, message_id: UUID, user_id: UUID, reason: str, *, now: datetime) -> bool:
    """Whether it is the first time."""
    statement = insert(session, GroupReport).values(message_id=message_id, user_id=user_id, reason=reason, at=now)
    added = statement.on_conflict_do_nothing(index_elements=["message_id", "user_id"]).returning(GroupReport.user_id)
    return session.execute(added).first() is not None


def mute(session: Session, class_id: UUID, user_id: UUID, until: datetime, reason: str, by: UUID) -> None:
    said = {"until": until, "reason": reason, "muted_by": by}
    statement = insert(session, GroupMute).values(class_id=class_id, user_id=user_id, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["class_id", "user_id"], set_=said))


def end_mute(session: Session, class_id: UUID, user_id: UUID) -> None:
    session.execute(delete(GroupMute).where(GroupMute.class_id == class_id, GroupMute.user_id == user_id))


def muted(session: Session, class_id: UUID, now: datetime) -> list[Muted]:
    rows = session.execute(
        select(GroupMute.user_id, User.display_name, GroupMute.until, GroupMute.reason)
        .join(User, User.id == GroupMute.user_id)
        .where(GroupMute.class_id == class_id, GroupMute.until > now)
        .order_by(GroupMute.until)
    )
    return [Muted(*row) for row in rows]


def mark_read(session: Session, class_id: UUID, user_id: UUID, *, now: datetime) -> None:
    statement = insert(session, GroupRead).values(class_id=class_id, user_id=user_id, read_at=now)
    session.execute(statement.on_conflict_do_update(index_elements=["class_id", "user_id"], set_={"read_at": now}))


def counts(session: Session, class_ids: Collection[UUID], user_id: UUID) -> dict[UUID, Counts]:
    """Of those classes whose group is on."""
    read = select(GroupRead.read_at).where(
        GroupRead.class_id == ClassGroup.class_id, GroupRead.user_id == user_id
    ).scalar_subquery()  # fmt: skip
    of_class = select(func.count(GroupMessage.id.distinct())).where(GroupMessage.class_id == ClassGroup.class_id)
    unread = of_class.where(GroupMessage.state == State.SHOWN, GroupMessage.author_id != user_id).where(
        or_(read.is_(None), func.coalesce(GroupMessage.decided_at, GroupMessage.at) > read)
    )
    waiting = of_class.where(GroupMessage.state == State.WAITING)
    reported = of_class.join(GroupReport, GroupReport.message_id == GroupMessage.id)
    rows = session.execute(
        select(
            ClassGroup.class_id,
            ClassGroup.mode,
            *(one.correlate(ClassGroup).scalar_subquery() for one in (unread, waiting, reported)),
        ).where(ClassGroup.class_id.in_(class_ids), ClassGroup.mode != Mode.OFF)
    )
    return {row[0]: Counts(Mode(row[1]), *row[2:]) for row in rows}


def to_look_at(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many messages wait or were reported in the groups that the actor moderates."""
    reported = select(GroupReport.message_id).where(GroupReport.message_id == GroupMessage.id).exists()
    found = (
        select(func.count())
        .select_from(GroupMessage)
        .join(ClassGroup, ClassGroup.class_id == GroupMessage.class_id)
        .join(SchoolClass, SchoolClass.id == GroupMessage.class_id)
        .where(SchoolClass.school_id == school_id, class_visible_to(actor, Right.MODERATE_GROUPS))
        .where(ClassGroup.mode != Mode.OFF, or_(GroupMessage.state == State.WAITING, reported))
    )
    return session.scalar(found) or 0


def children_in(session: Session, class_id: UUID, today: date) -> list[tuple[UUID, UUID]]:
    """Guardian and one child, of those who sit in the class's group."""
    rows = session.execute(
        select(Guardianship.guardian_id, Student.id)
        .join(Student, Student.id == Guardianship.student_id)
        .where(Student.class_id == class_id, Guardianship.may_see)
        .where(or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(Guardianship.guardian_id, Student.id.desc())
    )
    return list({guardian: (guardian, child) for guardian, child in rows}.values())


def find(session: Session, message_id: UUID) -> GroupMessage | None:
    return session.get(GroupMessage, message_id)


def school_of(session: Session, class_id: UUID) -> tuple[UUID, str]:
    """The school of a class, and the class's name."""
    row = session.execute(select(SchoolClass.school_id, SchoolClass.name).where(SchoolClass.id == class_id)).one()
    return row[0], row[1]


def forget(session: Session, before: datetime) -> None:
    session.execute(delete(GroupMessage).where(GroupMessage.at < before))
