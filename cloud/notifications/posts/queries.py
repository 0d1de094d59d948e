"""All SQL of posts. Whose they are to write and decide on is said by `writing.py`; whose to read, here by the child."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from cloud.accounts.tables import User
from cloud.kit.db import insert_new
from cloud.notifications.posts.rules import State
from cloud.notifications.posts.tables import Post, PostPicture, PostRead
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Shown:
    """A post with who wrote it, and the correction that has come out since."""

    post: Post
    author: str
    corrected_by: UUID | None


@dataclass(frozen=True, slots=True)
class PictureFacts:
    number: int
    alt: str
    width_px: int
    height_px: int


def post(session: Session, post_id: UUID) -> Post | None:
    return session.get(Post, post_id)


def add(session: Session, post: Post) -> None:
    session.add(post)
    session.flush()


def add_picture(session: Session, picture: PostPicture) -> None:
    session.add(picture)
    session.flush()


def picture(session: Session, post_id: UUID, number: int) -> PostPicture | None:
    return session.get(PostPicture, (post_id, number))


def pictures(session: Session, post_ids: Collection[UUID]) -> dict[UUID, list[PictureFacts]]:
    """What is known of them without opening any."""
    rows = session.execute(
        select(PostPicture.post_id, PostPicture.number, PostPicture.alt, PostPicture.width_px, PostPicture.height_px)
        .where(PostPicture.post_id.in_(post_ids))
        .order_by(PostPicture.post_id, PostPicture.number)
    )
    found: dict[UUID, list[PictureFacts]] = {}
    for post_id, number, alt, width_px, height_px in rows:
        found.setdefault(post_id, []).append(PictureFacts(number, alt, width_px, height_px))
    return found


def move(session: Session, post: Post, after: State, **facts: object) -> bool:
    """False when somebody else was faster."""
    moved = session.execute(
        update(Post)
        .where(Post.id == post.id, Post.state == post.state)
        .values(state=after, **facts)
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def of_school(
    session: Session, school_id: UUID, author_id: UUID, audiences: Collection[str], *, now: datetime, limit: int = 100
) -> list[Shown]:
    """The author's own, and all to these audiences: the latest first."""
    which = and_(Post.school_id == school_id, or_(Post.author_id == author_id, Post.audience.in_(audiences)))
    return _shown(session, which, now, limit)


def waiting(session: Session, school_id: UUID, author_id: UUID, audiences: Collection[str] | None) -> int:
    """How many wait to be decided on by somebody other than `author_id`; None: to whatever audience."""
    found = select(func.count()).select_from(Post).where(Post.school_id == school_id, Post.state == State.WAITING)
    if audiences is not None:
        found = found.where(Post.audience.in_(audiences))
    return session.scalar(found.where(Post.author_id != author_id)) or 0


def for_family(
    session: Session, user_id: UUID, *, today: date, now: datetime, post_id: UUID | None = None, limit: int = 100
) -> list[Shown]:
    """What has come out for a child whom the user may see, the latest first."""
    out = and_(Post.state.in_([State.APPROVED, State.WITHDRAWN]), Post.publish_at <= now)
    which = and_(out, _for_children(session, user_id, today))
    return _shown(session, and_(which, Post.id == post_id) if post_id else which, now, limit)


def unread(session: Session, user_id: UUID, *, today: date, now: datetime, since: datetime) -> list[UUID]:
    """What has come out since then for a child whom the user may see, and the user has not read."""
    read = select(PostRead.post_id).where(PostRead.post_id == Post.id, PostRead.user_id == user_id).exists()
    out = and_(Post.state == State.APPROVED, Post.publish_at.between(since, now))
    return list(session.scalars(select(Post.id).where(out, ~read, _for_children(session, user_id, today))))


def mark_read(session: Session, post_ids: Collection[UUID], user_id: UUID, *, now: datetime) -> None:
    """The first time counts."""
    insert_new(session, PostRead, [{"post_id": one, "user_id": user_id, "read_at": now} for one in post_ids])


def one(session: Session, post_id: UUID, *, now: datetime) -> Shown | None:
    found = _shown(session, Post.id == post_id, now, 1)
    return found[0] if found else None


def _for_children(session: Session, user_id: UUID, today: date) -> ColumnElement[bool]:
    rows = session.execute(
        select(Student.school_id, SchoolClass.grade, SchoolClass.id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.user_id == user_id, Guardianship.may_see)
        .where(or_(Student.left_on.is_(None), Student.left_on > today))
    )
    ways: list[ColumnElement[bool]] = [false()]
    for school_id, grade, class_id in rows:
        own = ["school", f"grade:{grade}", f"class:{class_id}"]
        ways.append(and_(Post.school_id == school_id, Post.audience.in_(own)))
    return or_(*ways)


def _shown(session: Session, which: ColumnElement[bool], now: datetime, limit: int) -> list[Shown]:
    later = aliased(Post)
    correction = (
        select(later.id)
        .where(later.corrects_id == Post.id, later.state == State.APPROVED, later.publish_at <= now)
        .order_by(later.publish_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Post, User.display_name, correction)
        .join(User, User.id == Post.author_id)
        .where(which)
        .order_by(Post.publish_at.desc(), Post.id.desc())
        .limit(limit)
    )
    return [Shown(*row) for row in rows]


def forget(session: Session, before: datetime) -> None:
    """With its pictures; a later correction of it no longer says what it corrects."""
    old = select(Post.id).where(Post.publish_at < before)
    session.execute(update(Post).where(Post.corrects_id.in_(old)).values(corrects_id=None))
    session.execute(delete(Post).where(Post.publish_at < before))
