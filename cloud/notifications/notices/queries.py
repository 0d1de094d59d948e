"""All SQL of notices. Whose they are to write is decided by the caller; whose to read, by `_own` here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from cloud.accounts.tables import User
from cloud.kit.db import insert
from cloud.notifications.notices.rules import Audience
from cloud.notifications.notices.tables import Notice, NoticeReceipt, NoticeReminder
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice with how far it got."""

    notice: Notice
    author: str
    to: int
    read: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A notice as one of its guardians has it."""

    notice: Notice
    author: str
    read_at: datetime | None
    acknowledged_at: datetime | None
    corrected_by: UUID | None


def guardians_in(session: Session, school_id: UUID, audience: Audience, today: date) -> list[tuple[UUID, UUID]]:
    """Guardian and one child, of those whose children are in the audience today."""
    # The smallest of several: PostgreSQL has no min() of a UUID.
    pairs = (
        select(Guardianship.guardian_id, Guardianship.student_id)
        .join(Student, Student.id == Guardianship.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.school_id == school_id, Guardianship.may_see)
        .where(or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(Guardianship.guardian_id, Guardianship.student_id.desc())
    )
    if audience.class_id is not None:
        pairs = pairs.where(Student.class_id == audience.class_id)
    if audience.grade is not None:
        pairs = pairs.where(SchoolClass.grade == audience.grade)
    return list({guardian: (guardian, student) for guardian, student in session.execute(pairs)}.values())


def guardians_of(session: Session, notice_id: UUID) -> list[tuple[UUID, UUID]]:
    rows = session.execute(
        select(NoticeReceipt.guardian_id, NoticeReceipt.child_id).where(NoticeReceipt.notice_id == notice_id)
    )
    return [(row[0], row[1]) for row in rows]


def add_receipts(session: Session, notice_id: UUID, to: Sequence[tuple[UUID, UUID]]) -> None:
    rows = [{"notice_id": notice_id, "guardian_id": guardian, "child_id": child} for guardian, child in to]
    if rows:
        session.execute(insert(session, NoticeReceipt), rows)


def notice(session: Session, notice_id: UUID) -> Notice | None:
    return session.get(Notice, notice_id)


def sent(session: Session, school_id: UUID, *, author_id: UUID | None, limit: int = 100) -> list[Sent]:
    """The latest first; `author_id` None: everybody's."""
    statement = (
        select(
            Notice,
            User.display_name,
            func.count(NoticeReceipt.guardian_id),
            func.count(NoticeReceipt.read_at),
            func.count(NoticeReceipt.acknowledged_at),
        )
        .join(User, User.id == Notice.author_id)
        .outerjoin(NoticeReceipt, NoticeReceipt.notice_id == Notice.id)
        .where(Notice.school_id == school_id)
        .group_by(Notice.id, User.display_name)
        .order_by(Notice.sent_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    if author_id is not None:
        statement = statement.where(Notice.author_id == author_id)
    return [Sent(*row) for row in session.execute(statement)]


def unacknowledged(session: Session, notice_id: UUID) -> list[tuple[UUID, UUID]]:
    """Guardian and child."""
    rows = session.execute(
        select(NoticeReceipt.guardian_id, NoticeReceipt.child_id)
        .where(NoticeReceipt.notice_id == notice_id, NoticeReceipt.acknowledged_at.is_(None))
        .order_by(NoticeReceipt.guardian_id)
    )
    return [(row[0], row[1]) for row in rows]


def add_reminder(session: Session, reminder: NoticeReminder) -> None:
    session.add(reminder)
    session.flush()


def last_reminder(session: Session, notice_id: UUID) -> NoticeReminder | None:
    last = select(NoticeReminder).where(NoticeReminder.notice_id == notice_id).order_by(NoticeReminder.number.desc())
    return session.scalars(last.limit(1)).one_or_none()


def copies(session: Session, user_id: UUID, *, notice_id: UUID | None = None, limit: int = 100) -> list[Copy]:
    """What the user has got as a guardian, and may still read as one, the latest first."""
    later = aliased(Notice)
    statement = (
        select(
            Notice,
            User.display_name,
            func.min(NoticeReceipt.read_at),
            func.min(NoticeReceipt.acknowledged_at),
            select(later.id).where(later.corrects_id == Notice.id).order_by(later.sent_at.desc()).limit(1)
            .scalar_subquery(),
        )
        .join(User, User.id == Notice.author_id)
        .join(NoticeReceipt, NoticeReceipt.notice_id == Notice.id)
        .where(_own(session, user_id))
        .group_by(Notice.id, User.display_name)
        .order_by(Notice.sent_at.desc(), Notice.id.desc())
        .limit(limit)
    )  # fmt: skip
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    return [Copy(*row) for row in session.execute(statement)]


def unread(session: Session, user_id: UUID) -> int:
    unread = (
        select(func.count(NoticeReceipt.notice_id.distinct()))
        .join(Notice, Notice.id == NoticeReceipt.notice_id)
        .where(_own(session, user_id), NoticeReceipt.read_at.is_(None))
    )
    return session.scalar(unread) or 0


def mark_read(session: Session, notice_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """The first time counts."""
    own = exists().where(Guardian.id == NoticeReceipt.guardian_id, Guardian.user_id == user_id)
    session.execute(
        update(NoticeReceipt)
        .where(NoticeReceipt.notice_id == notice_id, NoticeReceipt.read_at.is_(None), own)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def mark_acknowledged(session: Session, notice_id: UUID, user_id: UUID, *, now: datetime) -> None:
    """The first time counts."""
    own = exists().where(Guardian.id == NoticeReceipt.guardian_id, Guardian.user_id == user_id)
    session.execute(
        update(NoticeReceipt)
        .where(NoticeReceipt.notice_id == notice_id, NoticeReceipt.acknowledged_at.is_(None), own)
        .values(acknowledged_at=now)
        .execution_options(synchronize_session=False)
    )


def _own(session: Session, user_id: UUID) -> ColumnElement[bool]:
    """On NoticeReceipt and Notice: copies that came for the sake of a child whom the reader, as that guardian, may
    still see; or of another such child of theirs to whose class, grade or school the notice went, too."""
    rows = session.execute(
        select(Guardianship.guardian_id, Student.id, Student.class_id, SchoolClass.grade)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(Student, Student.id == Guardianship.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Guardian.user_id == user_id, Guardianship.may_see)
    )
    children: dict[UUID, set[UUID]] = defaultdict(set)
    audiences: dict[UUID, set[str]] = defaultdict(lambda: {Audience("").key})
    for guardian_id, child_id, class_id, grade in rows:
        children[guardian_id].add(child_id)
        audiences[guardian_id] |= {Audience("", class_id=class_id).key, Audience("", grade=grade).key}
    return or_(
        false(),
        *(
            (NoticeReceipt.guardian_id == guardian_id)
            & (NoticeReceipt.child_id.in_(own) | Notice.audience.in_(audiences[guardian_id]))
            for guardian_id, own in children.items()
        ),
    )
