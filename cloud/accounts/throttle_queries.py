"""All SQL of the throttle: for each pair one number, the moment at which its failures will be forgiven."""

from sqlalchemy import case, delete, select
from sqlalchemy.orm import Session

from cloud.accounts.tables import Throttled
from cloud.kit.db import insert


def clears_at_ms(session: Session, key: str) -> int | None:
    return session.scalar(select(Throttled.clears_at_ms).where(Throttled.key == key))


def put_off(session: Session, key: str, now_ms: int, by_ms: int) -> None:
    """One more failure. Also forgets those of others that time has forgiven."""
    session.execute(delete(Throttled).where(Throttled.clears_at_ms <= now_ms))
    new = insert(session, Throttled).values(key=key, clears_at_ms=now_ms + by_ms)
    later = case((Throttled.clears_at_ms > now_ms, Throttled.clears_at_ms + by_ms), else_=now_ms + by_ms)
    session.execute(new.on_conflict_do_update(index_elements=[Throttled.key], set_={"clears_at_ms": later}))


def clear(session: Session, key: str) -> None:
    session.execute(delete(Throttled).where(Throttled.key == key))
