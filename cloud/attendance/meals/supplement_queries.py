"""All SQL of what is added to a locked count."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, aliased

from cloud.attendance.meals.sheet_queries import ClassLine
from cloud.attendance.meals.tables import MealPortion, MealSheet, MealSupplement
from cloud.attendance.register.facts import Permission, Presence
from cloud.attendance.register.tables import RegisterEntry
from cloud.kit.db import among
from cloud.people.tables import Student
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A pupil who eats here, is here, and is no portion yet."""

    student_id: UUID
    class_id: UUID
    diet: str = ""


@dataclass(frozen=True, slots=True)
class MoreLine:
    """So many more of a class, on one diet; an empty one is what everybody eats."""

    class_id: UUID
    class_name: str
    grade: int
    diet: str
    portions: int


@dataclass(frozen=True, slots=True)
class Supplement:
    number: int
    portions: int
    at: datetime
    received_at: datetime | None
    lines: tuple[MoreLine, ...]

    @property
    def by_class(self) -> str:
        """1A: 30, 1B: 2."""
        classes = dict.fromkeys(line.class_name for line in self.lines)
        sums = {name: sum(one.portions for one in self.lines if one.class_name == name) for name in classes}
        return ", ".join(f"{name}: {portions}" for name, portions in sums.items())


def added_by_class(supplements: Iterable[Supplement]) -> Counter[UUID]:
    added: Counter[UUID] = Counter()
    for line in (line for one in supplements for line in one.lines):
        added[line.class_id] += line.portions
    return added


def hold(session: Session, school_id: UUID, day: date) -> bool:
    """Until this transaction ends nobody else adds to this count. False where none is locked."""
    own = select(MealSheet.day).where(MealSheet.school_id == school_id, MealSheet.day == day).with_for_update()
    return session.scalar(own) is not None


def present_uncounted(session: Session, school_id: UUID, day: date) -> dict[UUID, UUID]:
    """Pupils whom the register has as present on their first half-day and who are no portion, with their class."""
    morning, afternoon = aliased(RegisterEntry), aliased(RegisterEntry)
    rows = session.execute(
        select(Student.id, func.coalesce(morning.class_id, afternoon.class_id))
        .select_from(Student)
        .outerjoin(morning, _of(morning, day, HalfDay.MORNING))
        .outerjoin(afternoon, _of(afternoon, day, HalfDay.AFTERNOON))
        .outerjoin(MealPortion, (MealPortion.student_id == Student.id) & (MealPortion.day == day))
        .where(
            Student.school_id == school_id,
            func.coalesce(morning.presence, afternoon.presence) == Presence.PRESENT,
            MealPortion.supplement.is_(None),
            MealPortion.student_id.is_(None) | MealPortion.in_doubt,
        )
        .order_by(Student.id)
    )
    return dict(rows.all())


def add(
    session: Session, school_id: UUID, day: date, confirmed: Collection[Confirmed], *, by: UUID, now: datetime
) -> int:
    """Returns the number of the supplement. `hold` first."""
    last = select(func.max(MealSupplement.number)).where(
        MealSupplement.school_id == school_id, MealSupplement.day == day
    )
    number = (session.scalar(last) or 0) + 1
    session.add(MealSupplement(school_id=school_id, day=day, number=number, portions=len(confirmed), by=by, at=now))
    ids = [one.student_id for one in confirmed]
    doubtful = select(MealPortion).where(among(session, MealPortion.student_id, ids), MealPortion.day == day)
    rows = {row.student_id: row for row in session.scalars(doubtful)}
    for one in confirmed:
        if row := rows.get(one.student_id):
            row.supplement, row.class_id, row.diet = number, one.class_id, one.diet
        else:
            session.add(
                MealPortion(
                    student_id=one.student_id, day=day, class_id=one.class_id, diet=one.diet, supplement=number
                )
            )  # fmt: skip
    session.flush()
    return number


def supplements(session: Session, school_id: UUID, day: date) -> tuple[Supplement, ...]:
    """The first to the last."""
    portions = session.execute(
        select(
            MealPortion.supplement, SchoolClass.id, SchoolClass.name, SchoolClass.grade, MealPortion.diet, func.count()
        )
        .join(SchoolClass, SchoolClass.id == MealPortion.class_id)
        .where(SchoolClass.school_id == school_id, MealPortion.day == day, MealPortion.supplement.is_not(None))
        .group_by(MealPortion.supplement, SchoolClass.id, SchoolClass.name, SchoolClass.grade, MealPortion.diet)
        .order_by(SchoolClass.grade, SchoolClass.name, MealPortion.diet)
    )
    lines: dict[int | None, list[MoreLine]] = {}
    for number, class_id, name, grade, diet, count in portions:
        lines.setdefault(number, []).append(MoreLine(class_id, name, grade, diet, count))
    rows = session.scalars(
        select(MealSupplement)
        .where(MealSupplement.school_id == school_id, MealSupplement.day == day)
        .order_by(MealSupplement.number)
    )
    return tuple(
        Supplement(row.number, row.portions, row.at, row.received_at, tuple(lines.get(row.number, ()))) for row in rows
    )


def unconfirmed(session: Session, school_id: UUID) -> frozenset[date]:
    """Days of which the kitchen has not said that it has all of them."""
    own = select(MealSupplement.day).where(MealSupplement.school_id == school_id, MealSupplement.received_at.is_(None))
    return frozenset(session.scalars(own))


def uncounted_classes(session: Session, class_ids: Collection[UUID]) -> list[ClassLine]:
    """Classes of which nobody was registered when the count was locked."""
    rows = session.execute(
        select(SchoolClass.id, SchoolClass.name, SchoolClass.grade).where(SchoolClass.id.in_(list(class_ids)))
    )
    return [ClassLine(*row, registered=0, portions=0, in_doubt=0) for row in rows]


def mark_received(session: Session, school_id: UUID, day: date, upto: int, by: UUID | None, now: datetime) -> bool:
    """The first `upto` of them; the first time counts. False where there is nothing new."""
    changed = session.scalars(
        update(MealSupplement)
        .where(
            MealSupplement.school_id == school_id,
            MealSupplement.day == day,
            MealSupplement.number <= upto,
            MealSupplement.received_at.is_(None),
        )
        .values(received_at=now, received_by=by)
        .returning(MealSupplement.number)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.all())


def in_doubt(session: Session, school_id: UUID, day: date) -> dict[UUID, UUID]:
    """Whom nobody could place at the cut-off, nor since, with their class: no supplement has them, nobody has said
    that they are absent, and no leave of theirs was approved."""
    rows = session.execute(
        select(MealPortion.student_id, MealPortion.class_id)
        .join(Student, Student.id == MealPortion.student_id)
        .outerjoin(RegisterEntry, _of(RegisterEntry, day, HalfDay.MORNING))
        .where(
            Student.school_id == school_id,
            MealPortion.day == day,
            MealPortion.in_doubt.is_(True),
            MealPortion.supplement.is_(None),
            RegisterEntry.student_id.is_(None)
            | (RegisterEntry.presence != Presence.ABSENT)
            | (RegisterEntry.by_person.is_(False) & RegisterEntry.permission.is_distinct_from(Permission.PERMITTED)),
        )
    )
    return dict(rows.all())


def _of(entry: type[RegisterEntry], day: date, half: HalfDay) -> ColumnElement[bool]:
    return (entry.student_id == Student.id) & (entry.day == day) & (entry.half == half)
