"""Finding a pupil by what somebody typed: diacritics, case and order of the words do not matter."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.people.access import RECORD, Pupil, visible_to
from cloud.people.exchange.rows import TEMPORARY
from cloud.people.names import search_form
from cloud.people.tables import Student
from cloud.school.tables import SchoolClass

MOST = 50


def find_pupils(session: Session, actor: Actor, typed: str) -> list[Pupil]:
    """Those whom the actor may see and whose name has every word that was typed, or whose code it is."""
    words = search_form(typed).split()
    if not words:
        return []
    by_name = [Student.search_name.contains(word, autoescape=True) for word in words]
    rows = session.execute(
        select(Student.id, Student.school_id, Student.full_name, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .where(visible_to(actor), has_code(actor, typed))
        .union(
            select(Student.id, Student.school_id, Student.full_name, SchoolClass.name)
            .join(SchoolClass, SchoolClass.id == Student.class_id)
            .where(visible_to(actor), *by_name)
        )
        .order_by("full_name")
        .limit(MOST)
    )
    return [Pupil(*row) for row in rows]


def has_code(actor: Actor, typed: str) -> ColumnElement[bool]:
    """The condition on Student: whose whole code that is. To be found by it, as by a card's, needs no right to read it;
    but a temporary one is made of the personal id, and whose that is only those hear who see it."""
    return and_(Student.code == typed.strip(), or_(~Student.code.startswith(TEMPORARY), keeps_record(actor)))


def keeps_record(actor: Actor) -> ColumnElement[bool]:
    """The condition on Student: those of whom the actor sees what the sector database knows."""
    return or_(*(visible_to(actor, right) for right in sorted(RECORD)))
