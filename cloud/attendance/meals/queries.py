"""All SQL of who eats and who is excused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cloud.attendance.meals.rules import EVERY_DAY, Excuse
from cloud.attendance.meals.tables import MealExcuse, MealPolicy, MealRegistration, MealWish
from cloud.people.tables import Student


@dataclass(frozen=True, slots=True)
class Policy:
    cut_off: time
    kitchen_email: str = ""
    families_may_ask: bool = True
    families_may_end: bool = True


@dataclass(frozen=True, slots=True)
class Registered:
    student_id: UUID
    first_day: date
    last_day: date | None
    weekdays: int = EVERY_DAY
    diet: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    id: UUID
    school_id: UUID
    student_id: UUID
    first_day: date
    weekdays: int
    diet: str
    state: str
    asked_at: datetime


def policy_of(session: Session, school_id: UUID) -> Policy | None:
    """None: the school serves no meals."""
    row = session.get(MealPolicy, school_id)
    if row is None:
        return None
    return Policy(row.cut_off, row.kitchen_email, row.families_may_ask, row.families_may_end)


def set_policy(session: Session, school_id: UUID, policy: Policy) -> None:
    session.merge(
        MealPolicy(
            school_id=school_id,
            cut_off=policy.cut_off,
            kitchen_email=policy.kitchen_email,
            families_may_ask=policy.families_may_ask,
            families_may_end=policy.families_may_end,
        )
    )
    session.flush()


def register(session: Session, one: Registered) -> None:
    session.merge(
        MealRegistration(
            student_id=one.student_id,
            first_day=one.first_day,
            last_day=one.last_day,
            weekdays=one.weekdays,
            diet=one.diet,
        )
    )
    session.flush()


def take_out(session: Session, student_id: UUID, first_day: date) -> None:
    """A registration that has not begun."""
    session.execute(
        delete(MealRegistration).where(
            MealRegistration.student_id == student_id, MealRegistration.first_day == first_day
        )
    )


def registered(session: Session, school_id: UUID, day: date) -> dict[UUID, Registered]:
    """Whose registration covers the day, on whatever weekdays they eat."""
    rows = session.scalars(
        select(MealRegistration)
        .join(Student, Student.id == MealRegistration.student_id)
        .where(
            Student.school_id == school_id,
            MealRegistration.first_day <= day,
            or_(MealRegistration.last_day.is_(None), MealRegistration.last_day >= day),
        )
    )
    return {row.student_id: _registered(row) for row in rows}


def registrations_of(session: Session, student_ids: Iterable[UUID]) -> dict[UUID, list[Registered]]:
    """All of them, the earliest first."""
    rows = session.scalars(
        select(MealRegistration)
        .where(MealRegistration.student_id.in_(list(student_ids)))
        .order_by(MealRegistration.first_day)
    )
    found: dict[UUID, list[Registered]] = {}
    for row in rows:
        found.setdefault(row.student_id, []).append(_registered(row))
    return found


def end_before(session: Session, student_id: UUID, day: date) -> None:
    """Whatever runs on `day` ends the day before."""
    session.execute(
        update(MealRegistration)
        .where(
            MealRegistration.student_id == student_id,
            MealRegistration.first_day < day,
            or_(MealRegistration.last_day.is_(None), MealRegistration.last_day >= day),
        )
        .values(last_day=day - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )


def add_wish(session: Session, wish: Wish, by: UUID) -> None:
    session.add(
        MealWish(
            id=wish.id,
            school_id=wish.school_id,
            student_id=wish.student_id,
            first_day=wish.first_day,
            weekdays=wish.weekdays,
            diet=wish.diet,
            state=wish.state,
            asked_by=by,
            asked_at=wish.asked_at,
        )
    )
    session.flush()


def wish(session: Session, wish_id: UUID) -> Wish | None:
    row = session.get(MealWish, wish_id)
    return _wish(row) if row else None


def wishes_of(session: Session, student_id: UUID) -> list[Wish]:
    """The latest first."""
    rows = session.scalars(
        select(MealWish).where(MealWish.student_id == student_id).order_by(MealWish.asked_at.desc(), MealWish.id.desc())
    )
    return [_wish(row) for row in rows]


def waiting_wishes(session: Session, school_id: UUID) -> list[Wish]:
    rows = session.scalars(
        select(MealWish)
        .where(MealWish.school_id == school_id, MealWish.state == "requested")
        .order_by(MealWish.asked_at, MealWish.id)
    )
    return [_wish(row) for row in rows]


def settle_wish(session: Session, wish_id: UUID, state: str, by: UUID, now: datetime) -> bool:
    """False when somebody has settled it meanwhile."""
    changed = session.scalar(
        update(MealWish)
        .where(MealWish.id == wish_id, MealWish.state == "requested")
        .values(state=state, decided_by=by, decided_at=now)
        .returning(MealWish.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def excuses(session: Session, school_id: UUID, first: date, last: date) -> dict[tuple[UUID, date], Excuse]:
    rows = session.execute(
        select(MealExcuse.student_id, MealExcuse.day, MealExcuse.noticed_at, MealExcuse.before_cut_off)
        .join(Student, Student.id == MealExcuse.student_id)
        .where(Student.school_id == school_id, MealExcuse.day.between(first, last))
    )
    return {
        (student_id, day): Excuse(student_id, noticed_at, before_cut_off)
        for student_id, day, noticed_at, before_cut_off in rows
    }


def add_excuse(session: Session, day: date, excuse: Excuse) -> None:
    session.add(
        MealExcuse(
            student_id=excuse.student_id, day=day, noticed_at=excuse.noticed_at, before_cut_off=excuse.before_cut_off
        )
    )
    session.flush()


def remove_excuse(session: Session, student_id: UUID, day: date) -> None:
    session.execute(delete(MealExcuse).where(MealExcuse.student_id == student_id, MealExcuse.day == day))


def _registered(row: MealRegistration) -> Registered:
    return Registered(row.student_id, row.first_day, row.last_day, row.weekdays, row.diet)


def _wish(row: MealWish) -> Wish:
    return Wish(
        row.id, row.school_id, row.student_id, row.first_day, row.weekdays, row.diet, row.state, row.asked_at,
    )  # fmt: skip
