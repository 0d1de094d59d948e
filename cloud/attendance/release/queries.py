"""All SQL of pick-up."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.tables import User
from cloud.attendance.queries.observations import filed_around
from cloud.attendance.release.tables import AlonePermission, CollectPermit, DepartureTold, PupilRelease
from cloud.attendance.tables import Observation
from cloud.kit.clock import day_bounds
from cloud.kit.db import among
from cloud.people.tables import Guardian, Guardianship, Student
from edge.contract import Direction


@dataclass(frozen=True, slots=True)
class Release:
    """`to_name` is empty for who went alone; `by` is who handed over, as pages address them."""

    id: UUID
    student_id: UUID
    at: datetime
    way: str
    to_name: str
    by: str


@dataclass(frozen=True, slots=True)
class Collector:
    """A guardian who may collect, by name; nothing else of them is anybody's business at the gate."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Permit:
    id: UUID
    student_id: UUID
    day: date
    name: str
    code_hash: str
    wrong_tries: int
    used_at: datetime | None
    withdrawn_at: datetime | None


def released_on(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, list[Release]]:
    """Those that were not taken back, first to last."""
    rows = session.execute(
        select(PupilRelease, User.display_name)
        .join(User, User.id == PupilRelease.by)
        .where(
            among(session, PupilRelease.student_id, student_ids),
            PupilRelease.day == day,
            PupilRelease.undone_at.is_(None),
        )
        .order_by(PupilRelease.at, PupilRelease.id)
    )
    found: dict[UUID, list[Release]] = defaultdict(list)
    for row, by in rows:
        found[row.student_id].append(Release(row.id, row.student_id, row.at, row.way, row.to_name, by))
    return found


def latest_releases(session: Session, student_id: UUID, limit: int) -> list[Release]:
    rows = session.execute(
        select(PupilRelease, User.display_name)
        .join(User, User.id == PupilRelease.by)
        .where(PupilRelease.student_id == student_id, PupilRelease.undone_at.is_(None))
        .order_by(PupilRelease.at.desc())
        .limit(limit)
    )
    return [Release(row.id, row.student_id, row.at, row.way, row.to_name, by) for row, by in rows]


def release(session: Session, release_id: UUID) -> PupilRelease | None:
    return session.get(PupilRelease, release_id)


def add_release(session: Session, row: PupilRelease) -> None:
    session.add(row)
    session.flush()


def take_back(session: Session, release_id: UUID, by: UUID, now: datetime) -> bool:
    """False when somebody has done so already."""
    changed = session.scalar(
        update(PupilRelease)
        .where(PupilRelease.id == release_id, PupilRelease.undone_at.is_(None))
        .values(undone_at=now, undone_by=by)
        .returning(PupilRelease.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def collectors_of(session: Session, student_ids: Collection[UUID]) -> dict[UUID, list[Collector]]:
    rows = session.execute(
        select(Guardianship.student_id, Guardian.id, Guardian.full_name)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(among(session, Guardianship.student_id, student_ids), Guardianship.may_collect)
        .order_by(Guardian.full_name, Guardian.id)
    )
    found: dict[UUID, list[Collector]] = defaultdict(list)
    for student_id, guardian_id, name in rows:
        found[student_id].append(Collector(guardian_id, name))
    return found


def may_collect(session: Session, user_id: UUID, student_id: UUID) -> bool:
    """Whether the user is a guardian who may fetch the pupil, and so may send somebody."""
    found = session.scalar(
        select(Guardian.id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.student_id == student_id, Guardianship.may_collect, Guardian.user_id == user_id)
        .limit(1)
    )
    return found is not None


def may_go_alone(session: Session, student_ids: Collection[UUID]) -> set[UUID]:
    rows = session.scalars(
        select(AlonePermission.student_id).where(among(session, AlonePermission.student_id, student_ids))
    )
    return set(rows)


def let_go_alone(session: Session, student_id: UUID, by: UUID, now: datetime) -> None:
    session.merge(AlonePermission(student_id=student_id, given_by=by, given_at=now))
    session.flush()


def let_go_alone_no_more(session: Session, student_id: UUID) -> None:
    session.execute(delete(AlonePermission).where(AlonePermission.student_id == student_id))


def add_permit(session: Session, permit: Permit, school_id: UUID, by: UUID, now: datetime) -> None:
    session.add(
        CollectPermit(
            id=permit.id,
            school_id=school_id,
            student_id=permit.student_id,
            day=permit.day,
            name=permit.name,
            code_hash=permit.code_hash,
            given_by=by,
            given_at=now,
        )
    )
    session.flush()


def permits_on(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, list[Permit]]:
    """Those that still work, as far as the day is concerned."""
    rows = session.scalars(
        select(CollectPermit)
        .where(
            among(session, CollectPermit.student_id, student_ids),
            CollectPermit.day == day,
            CollectPermit.used_at.is_(None),
            CollectPermit.withdrawn_at.is_(None),
        )
        .order_by(CollectPermit.given_at, CollectPermit.id)
    )
    found: dict[UUID, list[Permit]] = defaultdict(list)
    for row in rows:
        found[row.student_id].append(_permit(row))
    return found


def permits_since(session: Session, student_id: UUID, day: date) -> list[Permit]:
    """The latest day first."""
    rows = session.scalars(
        select(CollectPermit)
        .where(CollectPermit.student_id == student_id, CollectPermit.day >= day)
        .order_by(CollectPermit.day.desc(), CollectPermit.given_at.desc())
    )
    return [_permit(row) for row in rows]


def note_wrong_try(session: Session, permit_ids: Collection[UUID]) -> None:
    session.execute(
        update(CollectPermit)
        .where(CollectPermit.id.in_(permit_ids))
        .values(wrong_tries=CollectPermit.wrong_tries + 1)
        .execution_options(synchronize_session=False)
    )


def use_permit(session: Session, permit_id: UUID, now: datetime) -> bool:
    """False when it was used or withdrawn meanwhile."""
    return _settle(session, permit_id, used_at=now)


def give_permit_back(session: Session, permit_id: UUID) -> None:
    """The release by it was taken back: its code works again."""
    session.execute(
        update(CollectPermit)
        .where(CollectPermit.id == permit_id)
        .values(used_at=None)
        .execution_options(synchronize_session=False)
    )


def withdraw_permit(session: Session, student_id: UUID, permit_id: UUID, now: datetime) -> bool:
    """False for one that is not this pupil's, was used or withdrawn."""
    row = session.get(CollectPermit, permit_id)
    return row is not None and row.student_id == student_id and _settle(session, permit_id, withdrawn_at=now)


def change_code(session: Session, permit_id: UUID, code_hash: str) -> bool:
    """False when it was used or withdrawn meanwhile."""
    return _settle(session, permit_id, code_hash=code_hash)


def seen_leaving(session: Session, school_id: UUID, day: date, since: datetime) -> set[UUID]:
    """Pupils whom a unit saw going out on that day, as came in since then."""
    begins, ends = day_bounds(day)
    rows = session.scalars(
        select(Observation.student_id).where(
            Observation.school_id == school_id,
            Observation.received_at >= since,
            filed_around(begins),
            Observation.happened_at >= begins,
            Observation.happened_at < ends,
            Observation.direction == Direction.OUT,
            Observation.student_id.is_not(None),
        )
    )
    return {one for one in rows if one}


def told_departures(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, datetime]:
    rows = session.execute(
        select(DepartureTold.student_id, DepartureTold.left_at).where(
            among(session, DepartureTold.student_id, student_ids), DepartureTold.day == day
        )
    )
    return dict(rows.all())


def note_told(session: Session, student_id: UUID, day: date, left_at: datetime) -> None:
    session.merge(DepartureTold(student_id=student_id, day=day, left_at=left_at))
    session.flush()


def forget_told(session: Session, student_id: UUID, day: date) -> None:
    session.execute(delete(DepartureTold).where(DepartureTold.student_id == student_id, DepartureTold.day == day))


def pupils_of_class(session: Session, class_id: UUID, day: date) -> list[UUID]:
    rows = session.scalars(
        select(Student.id).where(Student.class_id == class_id, or_(Student.left_on.is_(None), Student.left_on > day))
    )
    return list(rows)


def _settle(session: Session, permit_id: UUID, **values: datetime | str) -> bool:
    changed = session.scalar(
        update(CollectPermit)
        .where(CollectPermit.id == permit_id, CollectPermit.used_at.is_(None), CollectPermit.withdrawn_at.is_(None))
        .values(**values)
        .returning(CollectPermit.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def _permit(row: CollectPermit) -> Permit:
    return Permit(
        row.id, row.student_id, row.day, row.name, row.code_hash, row.wrong_tries, row.used_at, row.withdrawn_at,
    )  # fmt: skip
