"""All SQL of what there is to eat, and how it was liked."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cloud.attendance.meals.tables import MealFeedback, MealMenu
from cloud.kit.db import insert
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a meal, with the class and not the name: who liked what is nobody's business."""

    day: date
    stars: int
    dish: str
    comment: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Liking:
    """Of one day: how many said so, how many stars on average."""

    voices: int
    stars: float


@dataclass(frozen=True, slots=True)
class OwnSaid:
    stars: int
    dish: str
    comment: str


def menus(session: Session, school_id: UUID, first: date, last: date) -> dict[date, tuple[str, ...]]:
    rows = session.execute(
        select(MealMenu.day, MealMenu.dishes).where(MealMenu.school_id == school_id, MealMenu.day.between(first, last))
    )
    return {day: tuple(dishes.split("\n")) for day, dishes in rows}


def set_menu(session: Session, school_id: UUID, day: date, dishes: tuple[str, ...]) -> None:
    """Without dishes there is none."""
    session.execute(delete(MealMenu).where(MealMenu.school_id == school_id, MealMenu.day == day))
    if dishes:
        session.add(MealMenu(school_id=school_id, day=day, dishes="\n".join(dishes)))
    session.flush()


def say(
    session: Session, school_id: UUID, student_id: UUID, day: date, said: OwnSaid, *, by: UUID, now: datetime
) -> None:
    """Instead of what was said of this pupil's meal before."""
    values = {"stars": said.stars, "dish": said.dish, "comment": said.comment, "by": by, "at": now}
    statement = insert(session, MealFeedback).values(student_id=student_id, day=day, school_id=school_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["student_id", "day"], set_=values))


def said_by(session: Session, student_id: UUID, first: date, last: date) -> dict[date, OwnSaid]:
    rows = session.scalars(
        select(MealFeedback).where(MealFeedback.student_id == student_id, MealFeedback.day.between(first, last))
    )
    return {row.day: OwnSaid(row.stars, row.dish, row.comment) for row in rows}


def likings(session: Session, school_id: UUID, first: date, last: date) -> dict[date, Liking]:
    rows = session.execute(
        select(MealFeedback.day, func.count(), func.avg(MealFeedback.stars))
        .where(MealFeedback.school_id == school_id, MealFeedback.day.between(first, last))
        .group_by(MealFeedback.day)
    )
    return {day: Liking(voices, round(float(stars), 1)) for day, voices, stars in rows}


def said_of(session: Session, school_id: UUID, first: date, last: date) -> list[Said]:
    """With words only, the latest first."""
    rows = session.execute(
        select(MealFeedback.day, MealFeedback.stars, MealFeedback.dish, MealFeedback.comment, SchoolClass.name)
        .join(Student, Student.id == MealFeedback.student_id)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(MealFeedback.school_id == school_id, MealFeedback.day.between(first, last), MealFeedback.comment != "")
        .order_by(MealFeedback.day.desc(), MealFeedback.at.desc())
    )
    return [Said(*row) for row in rows]
