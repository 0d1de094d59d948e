"""Finding a pupil by what somebody typed: diacritics, case and order of the words do not matter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.people.access import Pupil, visible_to
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
        .where(visible_to(actor), Student.code == typed.strip())
        .union(
            select(Student.id, Student.school_id, Student.full_name, SchoolClass.name)
            .join(SchoolClass, SchoolClass.id == Student.class_id)
            .where(visible_to(actor), *by_name)
        )
        .order_by("full_name")
        .limit(MOST)
    )
    return [Pupil(*row) for row in rows]
