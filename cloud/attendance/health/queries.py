"""All SQL of the health desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.attendance.health.rules import Kind
from cloud.attendance.health.tables import FeverLimit, HealthEntry


@dataclass(frozen=True, slots=True)
class Written:
    """`by` as pages address them."""

    id: UUID
    student_id: UUID
    day: date
    at: datetime
    kind: Kind
    temperature_c: float | None
    note: str
    tells_family: bool
    by_id: UUID
    by: str
    struck_at: datetime | None


def fever_from_c(session: Session, school_id: UUID, otherwise_c: float) -> float:
    """From how many °C on a reading at a unit is too warm in this school; `otherwise_c` is the installation's."""
    return own_fever_from_c(session, school_id) or otherwise_c


def fever_limits(session: Session, school_ids: Collection[UUID], otherwise_c: float) -> dict[UUID, float]:
    """The same of several schools."""
    rows = session.execute(select(FeverLimit.school_id, FeverLimit.from_c).where(FeverLimit.school_id.in_(school_ids)))
    return {**dict.fromkeys(school_ids, otherwise_c), **dict(rows.all())}


def own_fever_from_c(session: Session, school_id: UUID) -> float | None:
    """None while the school has set none."""
    return session.scalar(select(FeverLimit.from_c).where(FeverLimit.school_id == school_id))


def set_fever_from_c(session: Session, school_id: UUID, from_c: float | None) -> None:
    """None: the installation's again."""
    if from_c is None:
        session.execute(delete(FeverLimit).where(FeverLimit.school_id == school_id))
    else:
        session.merge(FeverLimit(school_id=school_id, from_c=from_c))
        session.flush()


def add(session: Session, row: HealthEntry) -> None:
    session.add(row)
    session.flush()


def entry(session: Session, entry_id: UUID) -> HealthEntry | None:
    return session.get(HealthEntry, entry_id)


def strike(session: Session, entry_id: UUID, by: UUID, now: datetime) -> bool:
    """False when it was struck out before."""
    changed = session.scalar(
        update(HealthEntry)
        .where(HealthEntry.id == entry_id, HealthEntry.struck_at.is_(None))
        .values(struck_at=now, struck_by=by)
        .returning(HealthEntry.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def written_on(session: Session, school_id: UUID, day: date) -> list[Written]:
    """The latest first."""
    rows = session.execute(
        select(HealthEntry, User.display_name)
        .join(User, User.id == HealthEntry.by)
        .where(HealthEntry.school_id == school_id, HealthEntry.day == day)
        .order_by(HealthEntry.at.desc(), HealthEntry.id.desc())
    )
    return [_written(row, by) for row, by in rows]


def written_of(session: Session, student_ids: Collection[UUID], *, limit: int = 200) -> list[Written]:
    """The latest first."""
    rows = session.execute(
        select(HealthEntry, User.display_name)
        .join(User, User.id == HealthEntry.by)
        .where(HealthEntry.student_id.in_(student_ids))
        .order_by(HealthEntry.at.desc(), HealthEntry.id.desc())
        .limit(limit)
    )
    return [_written(row, by) for row, by in rows]


def _written(row: HealthEntry, by: str) -> Written:
    return Written(
        row.id, row.student_id, row.day, row.at, Kind(row.kind), row.temperature_c, row.note, row.tells_family, row.by,
        by, row.struck_at,
    )  # fmt: skip
