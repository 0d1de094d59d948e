"""What could not be used, kept for a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.attendance.tables import SetAside
from cloud.kit.db import insert
from cloud.kit.errors import NotFound
from cloud.kit.ids import new_id
from edge.contract import MAX_PAYLOAD_BYTES


class Kind(StrEnum):
    """Of the first five nothing is acknowledged: the unit keeps its events, and one sample is enough here.
    The others are acknowledged as set aside: each is kept whole."""

    OVERSIZED = "oversized"
    MALFORMED = "malformed"
    FUTURE_VERSION = "future_version"
    WRONG_DEVICE = "wrong_device"
    UNKNOWN_DEVICE = "unknown_device"
    BAD_EVENT = "bad_event"
    SEQ_USED_TWICE = "seq_used_twice"
    UNSTORABLE = "unstorable"


ACKNOWLEDGED = frozenset({Kind.BAD_EVENT, Kind.SEQ_USED_TWICE, Kind.UNSTORABLE})


@dataclass(frozen=True, slots=True)
class Problem:
    """`device_id` as the topic or the token said; `seq` only where one event is meant."""

    device_id: str
    kind: Kind
    reason: str
    payload: bytes
    seq: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same problem seen again, though an unacknowledged batch carries a new time each time."""
        told_apart_by = self.payload if self.kind in ACKNOWLEDGED else self.reason.encode()
        parts = (self.device_id.encode(), self.kind.encode(), str(self.seq).encode(), told_apart_by)
        return sha256(b"\0".join(parts)).hexdigest()


def keep(session: Session, problem: Problem, *, school_id: UUID | None, now: datetime) -> None:
    statement = insert(session, SetAside).values(
        id=new_id(),
        fingerprint=problem.fingerprint,
        device_id=problem.device_id[:64],
        school_id=school_id,
        seq=problem.seq,
        kind=problem.kind.value,
        reason=problem.reason[:500],
        payload=problem.payload[:MAX_PAYLOAD_BYTES],
        times_seen=1,
        first_received_at=now,
        last_received_at=now,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["fingerprint"],
            set_={"times_seen": SetAside.times_seen + 1, "last_received_at": now},
        )
    )


@dataclass(frozen=True, slots=True)
class OpenProblem:
    id: UUID
    school_id: UUID | None
    device_id: str
    seq: int | None
    kind: str
    reason: str
    times_seen: int
    first_received_at: datetime
    last_received_at: datetime


def open_problems(session: Session, actor: Actor, *, limit: int = 100) -> list[OpenProblem]:
    """Newest first. What came from no unit of ours is shown to whoever sees a whole school."""
    rows = session.execute(
        select(*(getattr(SetAside, field) for field in OpenProblem.__slots__))
        .where(SetAside.settled_at.is_(None), _shown_to(actor))
        .order_by(SetAside.last_received_at.desc())
        .limit(limit)
    )
    return [OpenProblem(*row) for row in rows]


def settle_problem(session: Session, actor: Actor, problem_id: UUID, *, now: datetime) -> None:
    """Somebody has looked at it. Raises NotFound for one that is not there or not the actor's to see."""
    shown = update(SetAside).where(SetAside.id == problem_id, _shown_to(actor))
    if session.execute(shown.values(settled_at=now).returning(SetAside.id)).first() is None:
        raise NotFound("No such problem, or not one that you may see.")


def _shown_to(actor: Actor) -> ColumnElement[bool]:
    if not actor.schools_seen_whole:
        return false()
    return or_(SetAside.school_id.in_(actor.schools_seen_whole), SetAside.school_id.is_(None))
