"""The one door to pupils: what an actor may see of them is decided here and nowhere else."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.kit.errors import NotFound
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass


@dataclass(frozen=True, slots=True)
class Pupil:
    id: UUID
    school_id: UUID
    full_name: str
    class_name: str


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on Student: pupils of the schools where the actor sees everyone, and the actor's own children."""
    own = (
        select(Guardianship.student_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.user_id == actor.user_id, Guardianship.may_see)
    )
    return or_(Student.school_id.in_(actor.schools_seen_whole), Student.id.in_(own))


def student_for(session: Session, actor: Actor, student_id: UUID) -> Pupil:
    """Raises NotFound alike for a pupil who is not there and for one who is not the actor's to see."""
    row = session.execute(_pupils().where(Student.id == student_id, visible_to(actor))).one_or_none()
    if row is None:
        raise NotFound("No such pupil, or not one that you may see.")
    return Pupil(*row)


def children_of(session: Session, actor: Actor) -> list[Pupil]:
    """The actor's own children, also where the actor is staff and sees many more."""
    rows = session.execute(
        _pupils()
        .join(Guardianship, Guardianship.student_id == Student.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardian.user_id == actor.user_id, Guardianship.may_see)
        .order_by(Student.birth_date, Student.full_name)
    )
    return [Pupil(*row) for row in rows]


def _pupils() -> Select[UUID, UUID, str, str]:
    return select(Student.id, Student.school_id, Student.full_name, SchoolClass.name).join(
        SchoolClass, SchoolClass.id == Student.class_id
    )
