"""All SQL of what guardians wish, and of how they can be reached."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.kit.db import among, insert, insert_new
from cloud.notifications.preferences import DEFAULT, FOR_STAFF, Preference
from cloud.notifications.tables import MessagePreference, PushSubscription, StaffMute
from cloud.notifications.transport import Channel
from cloud.people.tables import Guardian


@dataclass(frozen=True, slots=True)
class Reached:
    """How the school knows a user who is a guardian."""

    phones: tuple[str, ...]
    emails: tuple[str, ...]
    browsers: int


def preferences_of(session: Session, user_ids: Collection[UUID]) -> defaultdict[UUID | None, Preference]:
    """The default for whoever has said nothing, and for None: no account."""
    found = defaultdict[UUID | None, Preference](lambda: DEFAULT)
    for row in session.scalars(select(MessagePreference).where(among(session, MessagePreference.user_id, user_ids))):
        order = tuple(Channel(name) for name in row.channels.split(","))
        found[row.user_id] = Preference(order, row.quiet_from, row.quiet_until, row.digest_at)
    return found


def preference_of(session: Session, user_id: UUID) -> Preference:
    return preferences_of(session, [user_id])[user_id]


def staff_preference_of(session: Session, user_id: UUID) -> Preference:
    return preferences_of(session, [user_id]).get(user_id, FOR_STAFF)


def save_preference(session: Session, user_id: UUID, preference: Preference, *, now: datetime) -> None:
    said = {
        "channels": ",".join(preference.order),
        "quiet_from": preference.quiet_from,
        "quiet_until": preference.quiet_until,
        "digest_at": preference.digest_at,
        "said_at": now,
    }
    statement = insert(session, MessagePreference).values(user_id=user_id, **said)
    session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=said))


def muted_by(session: Session, user_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """User and kind of message, of what members of staff have switched off."""
    rows = session.execute(select(StaffMute.user_id, StaffMute.kind).where(among(session, StaffMute.user_id, user_ids)))
    return {(user_id, kind) for user_id, kind in rows}


def set_muted(session: Session, user_id: UUID, kinds: Collection[str], *, among_kinds: Collection[str]) -> None:
    """Of `among_kinds` these are switched off and the others on; what is said of further ones stays."""
    session.execute(delete(StaffMute).where(StaffMute.user_id == user_id, StaffMute.kind.in_(among_kinds)))
    insert_new(session, StaffMute, [{"user_id": user_id, "kind": kind} for kind in sorted(set(kinds))])


def reached(session: Session, user_id: UUID) -> Reached:
    rows = session.execute(
        select(Guardian.phone, Guardian.email).where(Guardian.user_id == user_id).order_by(Guardian.id)
    ).all()
    browsers = session.scalar(
        select(func.count()).select_from(PushSubscription).where(PushSubscription.user_id == user_id)
    )
    return Reached(
        phones=tuple(dict.fromkeys(phone for phone, _ in rows if phone)),
        emails=tuple(dict.fromkeys(email for _, email in rows if email)),
        browsers=browsers or 0,
    )
