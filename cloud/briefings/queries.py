"""All SQL of briefings."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cloud.biometrics.tables import FaceTemplate, RosterUnit, SiblingLink
from cloud.briefings.tables import BriefingHead, BriefingHolding, BriefingPart, BriefingUnit, UnitOrders
from cloud.devices.tables import Device
from cloud.kit.db import insert_new
from cloud.people.tables import StaffMember, Student
from cloud.school.calendar.tables import SchoolYear, Term
from cloud.school.tables import SchoolClass
from cloud.school.timetable.tables import LessonRow, TeachingAssignment, Timetable


@dataclass(frozen=True, slots=True)
class Named:
    """A pupil, or, without a class, one of the staff."""

    id: UUID
    full_name: str
    class_id: UUID | None
    class_name: str


@dataclass(frozen=True, slots=True)
class PlacedLesson:
    """One lesson of the week in a timetable that holds from `valid_from` to the end of its term."""

    valid_from: date
    last_day: date
    class_id: UUID
    weekday: int
    half: str
    number: int
    room: str | None


def school_of(session: Session, device_id: str) -> UUID | None:
    """None for a unit that is not registered, or locked out."""
    return session.scalar(select(Device.school_id).where(Device.id == device_id, Device.disabled_at.is_(None)))


def class_of(session: Session, device_id: str) -> UUID | None:
    return session.scalar(select(RosterUnit.class_id).where(RosterUnit.device_id == device_id))


def changes(session: Session, school_id: UUID) -> int:
    return session.scalar(select(BriefingHead.changes).where(BriefingHead.school_id == school_id)) or 0


def unit(session: Session, device_id: str) -> BriefingUnit | None:
    return session.get(BriefingUnit, device_id)


def hold_unit(session: Session, device_id: str) -> BriefingUnit | None:
    """Until the transaction ends: a unit gets one package at a time."""
    return session.scalars(
        select(BriefingUnit).where(BriefingUnit.device_id == device_id).with_for_update()
    ).one_or_none()


def add_unit(session: Session, row: BriefingUnit) -> None:
    session.add(row)
    session.flush()


def parts(session: Session, device_id: str) -> dict[str, BriefingPart]:
    rows = session.scalars(select(BriefingPart).where(BriefingPart.device_id == device_id))
    return {row.name: row for row in rows}


def add_part(session: Session, row: BriefingPart) -> None:
    session.add(row)


def drop_parts(session: Session, device_id: str, names: Collection[str]) -> None:
    session.execute(delete(BriefingPart).where(BriefingPart.device_id == device_id, BriefingPart.name.in_(names)))


def pupils(session: Session, school_id: UUID, class_id: UUID | None, today: date) -> list[Named]:
    """Whoever is with the school, of one class or of all."""
    found = (
        select(Student.id, Student.full_name, Student.class_id, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(Student.school_id == school_id, or_(Student.left_on.is_(None), Student.left_on > today))
        .order_by(Student.id)
    )
    if class_id is not None:
        found = found.where(Student.class_id == class_id)
    return [Named(*row) for row in session.execute(found)]


def staff(session: Session, school_id: UUID, today: date) -> list[Named]:
    """Whoever works at the school."""
    rows = session.execute(
        select(StaffMember.id, StaffMember.full_name)
        .where(StaffMember.school_id == school_id, or_(StaffMember.left_on.is_(None), StaffMember.left_on > today))
        .order_by(StaffMember.id)
    )
    return [Named(staff_id, full_name, None, "") for staff_id, full_name in rows]


def give(session: Session, device_id: str, persons: Iterable[str], now: datetime) -> None:
    """Note them as held, before the package leaves: what may have arrived counts as arrived."""
    wanted = set(persons)
    insert_new(
        session,
        BriefingHolding,
        [{"device_id": device_id, "person": person, "given_at": now} for person in sorted(wanted)],
    )
    for person in _not_held(session, device_id) & wanted:
        session.execute(
            update(BriefingHolding)
            .where(BriefingHolding.device_id == device_id, BriefingHolding.person == person)
            .values(given_at=now, wanted_gone_at=None, erased_at=None)
        )


def want_gone(session: Session, device_id: str, persons: Collection[str], now: datetime) -> None:
    session.execute(
        update(BriefingHolding)
        .where(BriefingHolding.device_id == device_id, BriefingHolding.person.in_(persons))
        .values(wanted_gone_at=now)
    )


def held(session: Session, device_id: str) -> set[str]:
    """Given to the unit and not asked back."""
    return set(
        session.scalars(
            select(BriefingHolding.person).where(
                BriefingHolding.device_id == device_id, BriefingHolding.wanted_gone_at.is_(None)
            )
        )
    )


def to_erase(session: Session, device_id: str) -> list[str]:
    """Asked back, and the unit has not said yet that they are gone."""
    return list(
        session.scalars(
            select(BriefingHolding.person)
            .where(
                BriefingHolding.device_id == device_id,
                BriefingHolding.wanted_gone_at.is_not(None),
                BriefingHolding.erased_at.is_(None),
            )
            .order_by(BriefingHolding.person)
        )
    )


def erased(session: Session, device_id: str, persons: Collection[str], at: datetime) -> None:
    session.execute(
        update(BriefingHolding)
        .where(
            BriefingHolding.device_id == device_id,
            BriefingHolding.person.in_(persons),
            BriefingHolding.wanted_gone_at.is_not(None),
            BriefingHolding.erased_at.is_(None),
        )
        .values(erased_at=at)
    )


def _not_held(session: Session, device_id: str) -> set[str]:
    return set(
        session.scalars(
            select(BriefingHolding.person).where(
                BriefingHolding.device_id == device_id, BriefingHolding.wanted_gone_at.is_not(None)
            )
        )
    )


def orders(session: Session, device_id: str) -> UnitOrders | None:
    return session.get(UnitOrders, device_id)


def add_orders(session: Session, row: UnitOrders) -> None:
    session.add(row)


def links(session: Session, school_id: UUID, class_id: UUID | None) -> list[tuple[UUID, UUID]]:
    """Pairs of whom both are enrolled, and for a class both in it."""
    enrolled = select(FaceTemplate.student_id).where(FaceTemplate.school_id == school_id)
    if class_id is not None:
        enrolled = enrolled.join(Student, Student.id == FaceTemplate.student_id).where(Student.class_id == class_id)
    one, other = SiblingLink.first_id, SiblingLink.second_id
    pairs = select(one, other).where(one.in_(enrolled), other.in_(enrolled)).order_by(one, other)
    return [(first, second) for first, second in session.execute(pairs)]


def placed_lessons(session: Session, school_id: UUID) -> list[PlacedLesson]:
    rows = session.execute(
        select(
            Timetable.valid_from, Term.last_day, TeachingAssignment.class_id, LessonRow.weekday, LessonRow.half,
            LessonRow.number, LessonRow.room,
        )
        .join(Timetable, Timetable.id == LessonRow.timetable_id)
        .join(Term, Term.id == Timetable.term_id)
        .join(SchoolYear, SchoolYear.id == Term.year_id)
        .join(TeachingAssignment, TeachingAssignment.id == LessonRow.assignment_id)
        .where(SchoolYear.school_id == school_id)
    )  # fmt: skip
    return [PlacedLesson(*row) for row in rows]


def stale(session: Session, device_ids: Collection[str], today: date) -> list[str]:
    """Units that ask for briefings, whose own may be old, or that were not told of their newest one."""
    return list(
        session.scalars(
            select(BriefingUnit.device_id)
            .join(Device, Device.id == BriefingUnit.device_id)
            .outerjoin(BriefingHead, BriefingHead.school_id == Device.school_id)
            .where(
                BriefingUnit.device_id.in_(device_ids),
                Device.disabled_at.is_(None),
                or_(
                    BriefingUnit.composed_on.is_(None),
                    BriefingUnit.composed_on != today,
                    BriefingUnit.composed_at_change < BriefingHead.changes,
                    (BriefingUnit.noticed_version < BriefingUnit.version)
                    & (BriefingUnit.acked_version < BriefingUnit.version),
                ),
            )
            .order_by(BriefingUnit.device_id)
        )
    )
