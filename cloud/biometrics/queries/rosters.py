"""Who may be known where, what was given to which unit, and what it says that it holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.biometrics.tables import FaceTemplate, RosterChange, RosterHead, RosterHolding, RosterUnit
from cloud.devices.tables import Device
from cloud.kit.db import insert
from cloud.people.tables import Student


@dataclass(frozen=True, slots=True)
class UnitCopy:
    """What a unit last said of its roster; `pending` pupils are to be erased there and were not acknowledged yet."""

    device_id: str
    name: str
    version: int
    acked_version: int
    acked_people: int | None
    acked_at: datetime | None
    pending: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Units by name: where a pupil's newest views are known in the unit's own words, and where they are yet to be."""

    known_at: list[str]
    on_the_way: list[str]


def unit(session: Session, device_id: str) -> RosterUnit | None:
    return session.get(RosterUnit, device_id)


def hold_unit(session: Session, device_id: str) -> RosterUnit | None:
    """Until the transaction ends: a unit gets one package at a time."""
    return session.scalars(select(RosterUnit).where(RosterUnit.device_id == device_id).with_for_update()).one_or_none()


def add_unit(session: Session, row: RosterUnit) -> None:
    session.add(row)
    session.flush()


def school_of(session: Session, device_id: str) -> UUID | None:
    return session.scalar(select(Device.school_id).where(Device.id == device_id, Device.disabled_at.is_(None)))


def head(session: Session, school_id: UUID) -> int:
    return session.scalar(select(RosterHead.version).where(RosterHead.school_id == school_id)) or 0


def raise_head(session: Session, school_id: UUID, version: int) -> None:
    """To `version` at least: units have seen that one, whatever back-up this database came from."""
    upsert = insert(session, RosterHead).values(school_id=school_id, version=version)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=[RosterHead.school_id], set_={"version": upsert.excluded.version},
            where=RosterHead.version < upsert.excluded.version,
        )
    )  # fmt: skip


def enrolled(session: Session, school_id: UUID, class_id: UUID | None) -> dict[UUID, list[UUID]]:
    """The ids of each pupil's templates, of those whom a unit for this class, or for the school, may know."""
    rows = select(FaceTemplate.student_id, FaceTemplate.id).where(FaceTemplate.school_id == school_id)
    if class_id is not None:
        rows = rows.join(Student, Student.id == FaceTemplate.student_id).where(Student.class_id == class_id)
    found: dict[UUID, list[UUID]] = {}
    for student_id, template_id in session.execute(rows):
        found.setdefault(student_id, []).append(template_id)
    return found


def changed_since(session: Session, school_id: UUID, version: int) -> set[UUID]:
    return set(
        session.scalars(
            select(RosterChange.student_id)
            .where(RosterChange.school_id == school_id, RosterChange.version > version)
            .distinct()
        )
    )


def held(session: Session, device_id: str) -> set[UUID]:
    """Given to the unit, and not yet erased in its own words."""
    return set(
        session.scalars(
            select(RosterHolding.student_id).where(
                RosterHolding.device_id == device_id, RosterHolding.erased_at.is_(None)
            )
        )
    )


def give(session: Session, device_id: str, student_ids: Collection[UUID], now: datetime) -> None:
    """Note them as held, before the package leaves: what may have arrived counts as arrived."""
    for student_id in student_ids:
        upsert = insert(session, RosterHolding).values(device_id=device_id, student_id=student_id, given_at=now)
        session.execute(
            upsert.on_conflict_do_update(
                index_elements=[RosterHolding.device_id, RosterHolding.student_id],
                set_={"given_at": now, "erased_at": None, "acknowledged_at": None},
            )
        )


def erased(
    session: Session, device_id: str, student_ids: Collection[UUID], *, erased_at: datetime, now: datetime
) -> None:
    session.execute(
        update(RosterHolding)
        .where(
            RosterHolding.device_id == device_id,
            RosterHolding.student_id.in_(student_ids),
            RosterHolding.erased_at.is_(None),
        )
        .values(erased_at=erased_at, acknowledged_at=now)
    )


def pending_anywhere(session: Session, student_id: UUID) -> int:
    """How many units have yet to say that they erased this pupil."""
    return (
        session.scalar(
            select(func.count()).where(RosterHolding.student_id == student_id, RosterHolding.erased_at.is_(None))
        )
        or 0
    )


def copies_of(session: Session, student_id: UUID) -> Sequence[tuple[str, str, RosterHolding]]:
    """Every unit that was ever given the pupil: its id, its name, and what it said."""
    rows = session.execute(
        select(Device.id, Device.name, RosterHolding)
        .join(RosterHolding, RosterHolding.device_id == Device.id)
        .where(RosterHolding.student_id == student_id)
        .order_by(Device.name, Device.id)
    )
    return [(device_id, name, holding) for device_id, name, holding in rows]


def whereabouts(session: Session, student_id: UUID) -> Whereabouts:
    """Of a pupil who has templates; nobody is to know one who has none."""
    newest = select(func.max(RosterChange.version)).where(RosterChange.student_id == student_id).scalar_subquery()
    rows = session.execute(
        select(Device.name, RosterUnit.acked_version >= newest)
        .join(RosterUnit, RosterUnit.device_id == Device.id)
        .join(Student, Student.school_id == Device.school_id)
        .where(
            Student.id == student_id,
            Device.disabled_at.is_(None),
            or_(RosterUnit.class_id.is_(None), RosterUnit.class_id == Student.class_id),
            exists().where(FaceTemplate.student_id == student_id),
        )
        .order_by(Device.name, Device.id)
    ).all()
    return Whereabouts([name for name, known in rows if known], [name for name, known in rows if not known])


def unit_copies(session: Session, actor: Actor) -> list[UnitCopy]:
    """The units of the schools where the actor sees everything, by name."""
    pending = (
        select(RosterHolding.device_id, func.count().label("pupils"))
        .where(
            RosterHolding.erased_at.is_(None),
            RosterHolding.student_id.not_in(select(FaceTemplate.student_id)),
        )
        .group_by(RosterHolding.device_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Device.id, Device.name, func.coalesce(RosterHead.version, 0), func.coalesce(RosterUnit.acked_version, 0),
            RosterUnit.acked_people, RosterUnit.acked_at, func.coalesce(pending.c.pupils, 0),
        )
        .outerjoin(RosterUnit, RosterUnit.device_id == Device.id)
        .outerjoin(RosterHead, RosterHead.school_id == Device.school_id)
        .outerjoin(pending, pending.c.device_id == Device.id)
        .where(Device.school_id.in_(actor.schools_seen_whole), Device.disabled_at.is_(None))
        .order_by(Device.name, Device.id)
    )  # fmt: skip
    return [UnitCopy(*row) for row in rows]


def to_be_noticed(session: Session, device_ids: Collection[str]) -> list[tuple[RosterUnit, UUID, int]]:
    """Those that have not been told of their school's newest version: the row, the school, the version."""
    rows = session.execute(
        select(RosterUnit, Device.school_id, RosterHead.version)
        .join(Device, Device.id == RosterUnit.device_id)
        .join(RosterHead, RosterHead.school_id == Device.school_id)
        .where(
            RosterUnit.device_id.in_(device_ids),
            RosterUnit.noticed_version < RosterHead.version,
            RosterUnit.acked_version < RosterHead.version,
            Device.disabled_at.is_(None),
        )
    )
    return [(row, school_id, version) for row, school_id, version in rows]
