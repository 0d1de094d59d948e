"""All SQL of notifications."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Update, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import User, UserSession
from cloud.kit.db import among, among_rows, insert, insert_rows
from cloud.kit.ids import new_id
from cloud.notifications.preferences import FALL_BACK_AFTER
from cloud.notifications.tables import Message, PushSubscription
from cloud.notifications.transport import Channel, Outgoing, PushAddress
from cloud.people.tables import Guardian

LEASE = timedelta(seconds=90)
"""Longer than a transport may take for a message."""

MAX_BROWSERS = 10
"""Of one user; each is one more request for every message."""


class State(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"
    """For the digest."""
    IN_DIGEST = "in_digest"
    """Told, as part of a digest."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    school_id: UUID
    guardian_id: UUID | None
    student_id: UUID | None
    channel: Channel
    kind: str
    subject: str
    body: str
    dedupe_key: str
    happened_at: datetime
    then: str = ""
    fall_back_at: datetime | None = None
    in_digest: bool = False
    user_id: UUID | None = None
    """The member of staff whom it is for, where it is for no guardian."""
    about_id: UUID | None = None
    path: str = ""
    due: datetime | None = None
    """Not before; None: at once."""


@dataclass(frozen=True, slots=True)
class Claimed:
    id: UUID
    attempts: int
    happened_at: datetime


def queue(session: Session, messages: Sequence[NewMessage], *, now: datetime) -> None:
    """Queue each message for when it is due, unless the same one was queued before."""
    if not messages:
        return
    rows = []
    # In one order in every transaction: two workers that queue the same ones never wait for each other in a ring.
    for message in sorted(messages, key=lambda one: one.dedupe_key):
        said = {name: getattr(message, name) for name in SAID}
        state = State.HELD if message.in_digest else State.QUEUED
        due = message.due or now
        rows.append({**said, "id": new_id(), "state": state, "attempts": 0, "next_attempt_at": due, "queued_at": now})
    insert_rows(session, insert(session, Message).on_conflict_do_nothing(index_elements=["dedupe_key"]), rows)


SAID = tuple(field.name for field in fields(NewMessage) if field.name not in ("in_digest", "due"))
"""What is kept of a message as it was given."""


def claim(session: Session, channel: Channel, *, now: datetime, limit: int = 20) -> list[Claimed]:
    """Lease messages of a channel, of each school in turn those that have waited longest; no two workers get the
    same one."""
    waiting = Message.state == State.QUEUED, Message.next_attempt_at <= now, Message.channel == channel
    turn = func.row_number().over(partition_by=Message.school_id, order_by=Message.next_attempt_at)
    in_turn = select(Message.id, turn.label("turn"), Message.next_attempt_at).where(*waiting).subquery()
    first = select(in_turn.c.id).order_by(in_turn.c.turn, in_turn.c.next_attempt_at).limit(limit)
    # Asked again of the rows themselves: another worker may have claimed one since it was put in line.
    due = select(Message.id).where(*waiting, Message.id.in_(first)).with_for_update(skip_locked=True)
    rows = session.execute(
        update(Message)
        .where(Message.id.in_(due))
        .values(next_attempt_at=now + LEASE, attempts=Message.attempts + 1)
        .returning(Message.id, Message.attempts, Message.happened_at)
        .execution_options(synchronize_session=False)
    )
    return sorted((Claimed(*row) for row in rows), key=lambda claimed: claimed.id)


def outgoing(session: Session, message_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Outgoing]:
    """By id, each message with its reader's addresses as they are now."""
    reader_id = func.coalesce(Message.user_id, Guardian.user_id)
    rows = session.execute(
        select(
            Message.id,
            Message.path,
            Message.subject,
            Message.body,
            Message.happened_at,
            Guardian.email,
            Guardian.phone,
            reader_id,
            User.locale,
        )
        .outerjoin(Guardian, Guardian.id == Message.guardian_id)
        .outerjoin(User, User.id == reader_id)
        .where(among(session, Message.id, message_ids))
    ).all()
    browsers = browsers_of(session, {row[7] for row in rows} - {None}, now)
    return {
        message_id: Outgoing(
            id=message_id,
            subject=subject,
            body=body,
            locale=locale or "vi",
            happened_at=happened_at,
            path=path or "/children",
            email=email,
            phone=phone,
            browsers=tuple(browsers[user_id]),
        )
        for message_id, path, subject, body, happened_at, email, phone, user_id, locale in rows
    }


def mark_sent(session: Session, claimed: Collection[Claimed], *, reported: bool, now: datetime) -> None:
    """The provider took them; a device may even have said so before we could write this. `reported`: somebody will say
    whether they arrived. Where nobody does, the provider's word has to do."""
    state = case((Message.delivered_at.is_(None), State.SENT), else_=State.DELIVERED)
    taken = _held(session, claimed).values(state=state, sent_at=now, failure=None)
    session.execute(taken if reported else taken.values(fall_back_at=None))


def mark_retry(session: Session, claimed: Claimed, *, at: datetime, failure: str) -> None:
    session.execute(_held(session, [claimed]).values(next_attempt_at=at, failure=failure[:300]))


def mark_failed(session: Session, claimed: Claimed, *, failure: str, now: datetime) -> None:
    """Given up on this channel; the next one is tried."""
    given_up = _held(session, [claimed]).values(state=State.FAILED, failure=failure[:300])
    failed = session.scalar(given_up.returning(Message.id))
    if failed is not None:
        try_next(session, failed, now=now)


def not_delivered_in_time(session: Session, *, now: datetime, limit: int = 100) -> list[UUID]:
    late = select(Message.id).where(Message.fall_back_at <= now).order_by(Message.fall_back_at).limit(limit)
    return list(session.scalars(late.with_for_update(skip_locked=True)))


def try_next(session: Session, message_id: UUID, *, now: datetime) -> None:
    """Queue the same message by the next of its channels, once, if there is one and nobody has read it by now."""
    found = session.scalars(select(Message).where(Message.id == message_id).with_for_update()).one()
    channel, _, rest = found.then.partition(",")
    found.then, found.fall_back_at = "", None
    if not channel or found.read_at is not None:
        return
    following = NewMessage(
        school_id=found.school_id,
        guardian_id=found.guardian_id,
        student_id=found.student_id,
        channel=Channel(channel),
        kind=found.kind,
        subject=found.subject,
        body=found.body,
        dedupe_key=f"{found.dedupe_key.rpartition(':')[0]}:{channel}",
        happened_at=found.happened_at,
        then=rest,
        fall_back_at=now + FALL_BACK_AFTER if rest else None,
        user_id=found.user_id,
        about_id=found.about_id,
        path=found.path,
    )
    queue(session, [following], now=now)


def _held(session: Session, claimed: Collection[Claimed]) -> Update:
    """Only as long as nobody has claimed it after us."""
    ours = among_rows(session, (Message.id, Message.attempts), [(one.id, one.attempts) for one in claimed])
    return update(Message).where(ours, Message.state == State.QUEUED).execution_options(synchronize_session=False)


def mark_delivered(session: Session, message_id: UUID, *, now: datetime) -> bool:
    """The guardian's device showed it, or the provider says so; the first time counts. Returns whether it is there."""
    found = session.execute(select(Message.delivered_at, Message.state).where(Message.id == message_id)).one_or_none()
    if found is None:
        return False
    if found[0] is None:
        state = case((Message.state == State.QUEUED, State.QUEUED), else_=State.DELIVERED)
        session.execute(
            update(Message).where(Message.id == message_id).values(delivered_at=now, state=state, fall_back_at=None)
        )
    return True


def mark_opened(session: Session, message_id: UUID, *, now: datetime) -> bool:
    """The reader opened it on their device, which had shown it; the first time counts. Returns whether it is there."""
    if not mark_delivered(session, message_id, now=now):
        return False
    session.execute(update(Message).where(Message.id == message_id, Message.read_at.is_(None)).values(read_at=now))
    return True


def browsers_of(
    session: Session, user_ids: Collection[UUID], now: datetime
) -> defaultdict[UUID | None, list[PushAddress]]:
    """Not those whose session is over: it goes, and takes them with it, when somebody logs in next."""
    found: defaultdict[UUID | None, list[PushAddress]] = defaultdict(list)
    rows = session.execute(
        select(PushSubscription.user_id, PushSubscription.endpoint, PushSubscription.p256dh, PushSubscription.auth)
        .outerjoin(UserSession, UserSession.token_hash == PushSubscription.session_hash)
        .where(
            among(session, PushSubscription.user_id, user_ids),
            or_(PushSubscription.session_hash.is_(None), UserSession.expires_at > now),
        )
        .order_by(PushSubscription.created_at)
    )
    for user_id, *address in rows:
        found[user_id].append(PushAddress(*address))
    return found


def add_browser(
    session: Session,
    user_id: UUID,
    address: PushAddress,
    *,
    now: datetime,
    device: str = "",
    session_hash: str | None = None,
) -> None:
    """The same browser again replaces what it said before: its keys, whose it is, and the session that it ends with.
    The latest ones count."""
    statement = insert(session, PushSubscription).values(
        id=new_id(),
        user_id=user_id,
        endpoint=address.endpoint,
        p256dh=address.p256dh,
        auth=address.auth,
        created_at=now,
        device=device[:80],
        session_hash=session_hash,
    )
    columns = ("user_id", "p256dh", "auth", "created_at", "device", "session_hash")
    said = {column: statement.excluded[column] for column in columns}
    session.execute(statement.on_conflict_do_update(index_elements=["endpoint"], set_=said))
    latest = (
        select(PushSubscription.id)
        .where(PushSubscription.user_id == user_id)
        .order_by(PushSubscription.created_at.desc())
        .limit(MAX_BROWSERS)
    )
    session.execute(
        delete(PushSubscription).where(PushSubscription.user_id == user_id, PushSubscription.id.not_in(latest))
    )


def remove_browser(session: Session, user_id: UUID, endpoint: str) -> None:
    session.execute(
        delete(PushSubscription).where(PushSubscription.user_id == user_id, PushSubscription.endpoint == endpoint)
    )


def forget_browsers(session: Session, endpoints: Collection[str]) -> None:
    """Their push service says that they are gone."""
    session.execute(delete(PushSubscription).where(PushSubscription.endpoint.in_(endpoints)))


def forget_messages(session: Session, queued_before: datetime) -> None:
    session.execute(delete(Message).where(Message.queued_at < queued_before))
