"""All SQL of providers' tokens. `version` makes each write conditional: whoever comes second writes nothing."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cloud.kit.db import insert
from cloud.notifications.tables import ProviderToken


def sealed(session: Session, provider: str) -> tuple[bytes, int] | None:
    """What is sealed, and its version; None before there is any."""
    row = session.execute(
        select(ProviderToken.sealed, ProviderToken.version).where(ProviderToken.provider == provider)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def start_with(session: Session, provider: str, sealed: bytes, *, now: datetime) -> None:
    """Replaces whatever was there, also under the hands of a worker that is refreshing it."""
    statement = insert(session, ProviderToken).values(provider=provider, sealed=sealed, version=1, refreshed_at=now)
    again = {
        "sealed": statement.excluded.sealed,
        "version": ProviderToken.version + 1,
        "refreshed_at": now,
        "held_until": None,
    }
    session.execute(statement.on_conflict_do_update(index_elements=["provider"], set_=again))


def hold(session: Session, provider: str, *, version: int, now: datetime, until: datetime) -> bool:
    """Whether it is ours to refresh until then."""
    free = or_(ProviderToken.held_until.is_(None), ProviderToken.held_until <= now)
    held = session.scalar(
        update(ProviderToken)
        .where(ProviderToken.provider == provider, ProviderToken.version == version, free)
        .values(held_until=until)
        .returning(ProviderToken.version)
    )
    return held is not None


def release(session: Session, provider: str, *, version: int) -> None:
    """Nothing came of it: the next one may try at once."""
    session.execute(
        update(ProviderToken)
        .where(ProviderToken.provider == provider, ProviderToken.version == version)
        .values(held_until=None)
    )


def replace(session: Session, provider: str, sealed: bytes, *, version: int, now: datetime) -> None:
    """The next version, in one write."""
    session.execute(
        update(ProviderToken)
        .where(ProviderToken.provider == provider, ProviderToken.version == version)
        .values(sealed=sealed, version=version + 1, refreshed_at=now, held_until=None)
    )
