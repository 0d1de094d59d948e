"""The one door to a school."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.kit.errors import NotFound
from cloud.school.tables import School


@dataclass(frozen=True, slots=True)
class OwnSchool:
    id: UUID
    name: str
    slug: str
    is_demo: bool


def schools_for(session: Session, actor: Actor, right: Right = Right.SEE_WHOLE) -> list[OwnSchool]:
    """The schools in the whole of which the actor holds the right, by name."""
    rows = session.execute(
        select(School.id, School.name, School.slug, School.is_demo)
        .where(School.id.in_(actor.schools_where(right)))
        .order_by(School.name, School.id)
    )
    return [OwnSchool(*row) for row in rows]


def workplaces_for(session: Session, actor: Actor) -> list[OwnSchool]:
    """The schools where the actor is staff, whatever they may do there, by name."""
    rows = session.execute(
        select(School.id, School.name, School.slug, School.is_demo)
        .where(School.id.in_(actor.schools))
        .order_by(School.name, School.id)
    )
    return [OwnSchool(*row) for row in rows]


def workplace_for(session: Session, actor: Actor, slug: str) -> OwnSchool:
    """Raises NotFound alike for a school that is not there and for one where the actor does not work."""
    found = next((school for school in workplaces_for(session, actor) if school.slug == slug), None)
    if found is None:
        raise NotFound("No such school, or not one where you work.")
    return found


def school_for(session: Session, actor: Actor, slug: str, right: Right = Right.SEE_WHOLE) -> OwnSchool:
    """Raises NotFound alike for a school that is not there and for one that is not the actor's to see."""
    found = next((school for school in schools_for(session, actor, right) if school.slug == slug), None)
    if found is None:
        raise NotFound("No such school, or not one that you may see.")
    return found
