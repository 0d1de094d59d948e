"""All SQL of threads. Who takes part in one is decided by `talking.py`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from cloud.accounts.access import Actor, Right
from cloud.accounts.tables import User
from cloud.kit.db import insert
from cloud.notifications.threads.rules import SHOW_READ, Side
from cloud.notifications.threads.tables import (
    TeacherAway,
    Thread,
    ThreadFile,
    ThreadMessage,
    ThreadRead,
    ThreadRules,
)
from cloud.people.access import visible_to
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import Homeroom, Subject, TeachingAssignment


@dataclass(frozen=True, slots=True)
class Teacher:
    user_id: UUID
    name: str
    subjects: tuple[str, ...]
    """Empty: the homeroom teacher alone, or somebody else who has begun a thread."""
    is_homeroom: bool


@dataclass(frozen=True, slots=True)
class ThreadLine:
    thread: Thread
    child: str
    class_name: str
    unread: int


@dataclass(frozen=True, slots=True)
class Written:
    message: ThreadMessage
    author: str
    media_type: str | None
    """Of the file that came with it."""


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    read_at: datetime


def thread(session: Session, thread_id: UUID) -> Thread | None:
    return session.get(Thread, thread_id)


def thread_between(session: Session, school_id: UUID, student_id: UUID, teacher_id: UUID, *, now: datetime) -> Thread:
    """Begun now, unless there was one."""
    statement = insert(session, Thread).values(
        school_id=school_id, student_id=student_id, teacher_id=teacher_id, begun_at=now, last_at=now
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["student_id", "teacher_id"]))
    return session.scalars(select(Thread).where(Thread.student_id == student_id, Thread.teacher_id == teacher_id)).one()


def threads_of_child(session: Session, student_id: UUID, reader_id: UUID) -> list[ThreadLine]:
    """The latest first, with what the reader, a guardian, has not read."""
    return _lines(session, Thread.student_id == student_id, Side.FAMILY, reader_id)


def unread_of_children(session: Session, student_ids: Collection[UUID], reader_id: UUID) -> list[int]:
    """Of each of their threads."""
    return [one.unread for one in _lines(session, Thread.student_id.in_(student_ids), Side.FAMILY, reader_id)]


def threads_of_teacher(
    session: Session, teacher_id: UUID, school_id: UUID, pupils: Collection[UUID]
) -> list[ThreadLine]:
    """About those pupils alone."""
    own = (Thread.teacher_id == teacher_id) & (Thread.school_id == school_id) & Thread.student_id.in_(pupils)
    return _lines(session, own, Side.TEACHER, teacher_id)


def pupils_of_teacher(session: Session, teacher_id: UUID, school_id: UUID) -> list[UUID]:
    """About whom there is a thread."""
    own = select(Thread.student_id).where(Thread.teacher_id == teacher_id, Thread.school_id == school_id)
    return list(session.scalars(own))


def unread_of_teacher(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many messages of families the actor has not read, about pupils to whose families they may write."""
    found = (
        select(func.count())
        .select_from(ThreadMessage)
        .join(Thread, Thread.id == ThreadMessage.thread_id)
        .join(Student, Student.id == Thread.student_id)
        .outerjoin(ThreadRead, (ThreadRead.thread_id == Thread.id) & (ThreadRead.user_id == actor.user_id))
        .where(Thread.teacher_id == actor.user_id, Thread.school_id == school_id)
        .where(visible_to(actor, Right.WRITE_MESSAGES))
        .where(ThreadMessage.side == Side.FAMILY, ThreadMessage.taken_back_at.is_(None))
        .where(or_(ThreadRead.read_at.is_(None), ThreadMessage.at > ThreadRead.read_at))
    )
    return session.scalar(found) or 0


def _lines(session: Session, which: ColumnElement[bool], side: Side, reader_id: UUID) -> list[ThreadLine]:
    read = aliased(ThreadRead)
    unread = (
        select(func.count())
        .select_from(ThreadMessage)
        .where(ThreadMessage.thread_id == Thread.id, ThreadMessage.side == side.other)
        .where(ThreadMessage.taken_back_at.is_(None))
        .where(or_(read.read_at.is_(None), ThreadMessage.at > read.read_at))
        .correlate(Thread, read)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Thread, Student.full_name, SchoolClass.name, unread)
        .join(Student, Student.id == Thread.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .outerjoin(read, (read.thread_id == Thread.id) & (read.user_id == reader_id))
        .where(which)
        .order_by(Thread.last_at.desc(), Thread.id)
    )
    return [ThreadLine(*row) for row in rows]


def messages(session: Session, thread_id: UUID, *, limit: int = 200) -> list[Written]:
    """The latest ones, the oldest of them first."""
    rows = session.execute(
        select(ThreadMessage, User.display_name, ThreadFile.media_type)
        .join(User, User.id == ThreadMessage.author_id)
        .outerjoin(ThreadFile, ThreadFile.message_id == ThreadMessage.id)
        .where(ThreadMessage.thread_id == thread_id)
        .order_by(ThreadMessage.at.desc(), ThreadMessage.id.desc())
        .limit(limit)
    )
    return [Written(*row) for row in reversed(rows.all())]


def message(session: Session, message_id: UUID) -> ThreadMessage | None:
    return session.get(ThreadMessage, message_id)


def written_since(session: Session, thread_id: UUID, author_id: UUID, since: datetime) -> int:
    own = select(func.count()).where(ThreadMessage.thread_id == thread_id, ThreadMessage.author_id == author_id)
    return session.scalar(own.where(ThreadMessage.at > since)) or 0


def add(session: Session, thread_id: UUID, author_id: UUID, side: Side, body: str, *, now: datetime) -> ThreadMessage:
    row = ThreadMessage(thread_id=thread_id, author_id=author_id, side=side, body=body, at=now)
    session.add(row)
    session.flush()
    session.execute(update(Thread).where(Thread.id == thread_id).values(last_at=now))
    return row


def add_file(session: Session, file: ThreadFile) -> None:
    session.add(file)
    session.flush()


def file(session: Session, message_id: UUID) -> ThreadFile | None:
    return session.get(ThreadFile, message_id)


def take_back(session: Session, message_id: UUID, *, now: datetime) -> None:
    session.execute(update(ThreadMessage).where(ThreadMessage.id == message_id).values(body="", taken_back_at=now))
    session.execute(delete(ThreadFile).where(ThreadFile.message_id == message_id))


def mark_read(session: Session, thread_id: UUID, user_id: UUID, side: Side, *, now: datetime) -> None:
    """When there is something newer of the other side than they had read: the first look at it counts."""
    read = select(ThreadRead.read_at).where(ThreadRead.thread_id == thread_id, ThreadRead.user_id == user_id)
    before = session.scalar(read)
    newest = session.scalar(
        select(func.max(ThreadMessage.at)).where(ThreadMessage.thread_id == thread_id, ThreadMessage.side == side.other)
    )
    if newest is None or (before is not None and before >= newest):
        return
    statement = insert(session, ThreadRead).values(thread_id=thread_id, user_id=user_id, read_at=now)
    session.execute(statement.on_conflict_do_update(index_elements=["thread_id", "user_id"], set_={"read_at": now}))


def readers(session: Session, thread: Thread, side: Side) -> list[Reader]:
    """Of this side; the teacher's is one."""
    is_teacher = ThreadRead.user_id == thread.teacher_id
    rows = session.execute(
        select(User.display_name, ThreadRead.read_at)
        .join(User, User.id == ThreadRead.user_id)
        .where(ThreadRead.thread_id == thread.id, is_teacher if side is Side.TEACHER else ~is_teacher)
        .order_by(ThreadRead.read_at)
    )
    return [Reader(*row) for row in rows]


def shows_read(session: Session, school_id: UUID) -> bool:
    said = session.get(ThreadRules, school_id)
    return SHOW_READ if said is None else said.show_read


def set_shows_read(session: Session, school_id: UUID, show_read: bool) -> None:
    statement = insert(session, ThreadRules).values(school_id=school_id, show_read=show_read)
    session.execute(statement.on_conflict_do_update(index_elements=["school_id"], set_={"show_read": show_read}))


def away(session: Session, user_ids: Collection[UUID], today: date) -> dict[UUID, TeacherAway]:
    rows = session.scalars(select(TeacherAway).where(TeacherAway.user_id.in_(user_ids), TeacherAway.last_day >= today))
    return {row.user_id: row for row in rows}


def set_away(session: Session, user_id: UUID, said: tuple[str, date] | None) -> None:
    session.execute(delete(TeacherAway).where(TeacherAway.user_id == user_id))
    if said is not None:
        session.add(TeacherAway(user_id=user_id, note=said[0], last_day=said[1]))
        session.flush()


def name_of(session: Session, user_id: UUID, school_id: UUID) -> str:
    """As the school calls them, or as they call themselves."""
    named = select(StaffMember.full_name).where(StaffMember.user_id == user_id, StaffMember.school_id == school_id)
    return session.scalar(named) or session.scalars(select(User.display_name).where(User.id == user_id)).one()


def teachers_of(session: Session, student_id: UUID, today: date) -> list[Teacher]:
    """Who have a log-in: the homeroom teacher of the day first, then those who teach the class this year, by name."""
    latest = (
        select(Homeroom.staff_id)
        .join(Student, Student.class_id == Homeroom.class_id)
        .where(Student.id == student_id, Homeroom.from_day <= today)
        .order_by(Homeroom.from_day.desc())
        .limit(1)
        .scalar_subquery()
    )
    homeroom = select(StaffMember.user_id, StaffMember.full_name, literal(""), literal(1)).where(
        StaffMember.id == latest, StaffMember.user_id.is_not(None)
    )
    taught = (
        select(StaffMember.user_id, StaffMember.full_name, Subject.name, literal(0))
        .join(TeachingAssignment, TeachingAssignment.staff_id == StaffMember.id)
        .join(Subject, Subject.id == TeachingAssignment.subject_id)
        .join(Term, Term.id == TeachingAssignment.term_id)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .join(Student, Student.class_id == TeachingAssignment.class_id)
        .where(Student.id == student_id, StaffMember.user_id.is_not(None))
        .where(SchoolYear.first_day <= today, SchoolYear.last_day >= today)
    )
    found: dict[UUID, Teacher] = {}
    for user_id, name, subject, is_homeroom in session.execute(homeroom.union(taught)):
        if user_id is None:
            continue
        known = found.get(user_id, Teacher(user_id, name, (), False))
        subjects = tuple(sorted({*known.subjects, subject} - {""}))
        found[user_id] = Teacher(user_id, name, subjects, known.is_homeroom or bool(is_homeroom))
    return sorted(found.values(), key=lambda one: (not one.is_homeroom, one.name))


def forget(session: Session, before: datetime) -> None:
    """What was written before, and threads in which nothing is left."""
    session.execute(delete(ThreadMessage).where(ThreadMessage.at < before))
    session.execute(delete(Thread).where(Thread.last_at < before))
