"""What the kiosk asks for as the signed-in member of staff: its roll, look-alikes, undoing, siblings, who is where.

No template goes down to it: what a browser could be made to fetch, somebody would.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics import look_alikes, templates
from cloud.biometrics.api import Asked, NewView
from cloud.biometrics.events import ERASED, Erased
from cloud.biometrics.queries import rosters as roster_queries
from cloud.biometrics.queries import siblings
from cloud.biometrics.queries import templates as template_queries
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.reading import read_classes
from cloud.biometrics.renewal import Due
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.rules import Standing
from cloud.biometrics.templates import View
from cloud.kit import outbox
from cloud.kit.errors import Invalid, NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.people.access import Pupil, classes_for, student_for

router = APIRouter(tags=["kiosk"])

PURPOSE = marked("duplicate check")
Views = Annotated[list[NewView], Field(min_length=1, max_length=templates.MAX_VIEWS)]


class RollPupil(BaseModel):
    id: UUID
    code: str
    name: str
    standing: Standing
    views: int
    enrolled_at: datetime | None
    models: list[str]
    """Of the views: another one than the kiosk's means that the pupil is to be enrolled again."""
    due: Due | None
    """Any other reason why they are."""


class RollClass(BaseModel):
    id: UUID
    name: str
    pupils: list[RollPupil]


class Roll(BaseModel):
    """Everybody whom the member of staff may enrol, by class: small enough to be fetched whole and searched offline."""

    name: str
    """Of the member of staff."""
    classes: list[RollClass]


class LookAlikeQuestion(Asked):
    views: Views
    within: Annotated[float, Field(gt=0, le=2)]
    """The distance calibrated for these templates, Euclidean."""


class LookAlike(BaseModel):
    id: UUID
    name: str
    class_name: str
    sibling: bool
    """Linked already."""


class Whereabouts(BaseModel):
    """Units by name."""

    known_at: list[str]
    on_the_way: list[str]


@router.get("/api/v1/enrolment/roll")
def show_roll(request: Request, visitor: SignedIn) -> Roll:
    now = service(request).clock()
    with service(request).database.reading() as session:
        own = classes_for(session, visitor.actor, Right.ENROL)
        files = read_classes(session, own, now=now)
    return Roll(
        name=visitor.actor.display_name,
        classes=[
            RollClass(
                id=file.own_class.id,
                name=file.own_class.name,
                pupils=[
                    RollPupil(
                        id=line.id,
                        code=line.code,
                        name=line.name,
                        standing=line.standing,
                        views=line.enrolled.views if line.enrolled else 0,
                        enrolled_at=line.enrolled.made_at if line.enrolled else None,
                        models=sorted(line.enrolled.models) if line.enrolled else [],
                        due=line.due,
                    )
                    for line in file.pupils
                ],
            )
            for file in files
        ],
    )


@router.post("/api/v1/students/{student_id}/look-alikes")
def find_look_alikes(
    request: Request, visitor: SignedIn, student_id: UUID, question: LookAlikeQuestion
) -> list[LookAlike]:
    """Of everybody in the pupil's school whom these views look like. That it was asked is noted in the access log."""
    kit, ours = service(request), rosters_of(request)
    reader = Reader(PURPOSE, user_id=visitor.actor.user_id)
    with kit.database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ENROL)
        gallery = templates.open_all(session, ours.keyring, pupil.school_id, reader=reader, now=kit.clock())
        views = [View(view.model, view.quality, view.vector) for view in question.views]
        found = look_alikes.look_alikes(views, gallery, besides=pupil.id, within=question.within)
        linked = siblings.siblings_of(session, pupil.id)
        pupils = [student_for(session, visitor.actor, one, Right.ENROL) for one in found]
    return [
        LookAlike(id=one.id, name=one.full_name, class_name=one.class_name, sibling=one.id in linked) for one in pupils
    ]


@router.delete("/api/v1/students/{student_id}/templates", status_code=204)
def undo(request: Request, visitor: SignedIn, student_id: UUID) -> None:
    """Erase what was enrolled, here and on every unit, as a withdrawal does; the consent stays."""
    now = service(request).clock()
    with service(request).database.writing() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ENROL)
        template_queries.erase(session, [pupil.id])
        outbox.put(session, ERASED, Erased(school_id=pupil.school_id, student_id=pupil.id), now=now)


@router.put("/api/v1/students/{student_id}/siblings/{other_id}", status_code=204)
def link_siblings(request: Request, visitor: SignedIn, student_id: UUID, other_id: UUID) -> None:
    """Two pupils who look alike and are two: nobody is asked about them again, and a unit that knows both no longer
    tells them apart by the face alone."""
    kit, actor = service(request), visitor.actor
    with kit.database.writing() as session:
        one, other = _both(session, actor, student_id, other_id)
        siblings.link(session, one.id, other.id, by=actor.user_id, now=kit.clock())
        facts = {"other": str(other.id)}
        audit.note(session, one.school_id, actor.user_id, "link.made", one.id, facts, now=kit.clock())


@router.delete("/api/v1/students/{student_id}/siblings/{other_id}", status_code=204)
def unlink_siblings(request: Request, visitor: SignedIn, student_id: UUID, other_id: UUID) -> None:
    kit, actor = service(request), visitor.actor
    with kit.database.writing() as session:
        one, other = _both(session, actor, student_id, other_id)
        if not siblings.unlink(session, one.id, other.id):
            raise NotFound("These two are not linked.")
        facts = {"other": str(other.id)}
        audit.note(session, one.school_id, actor.user_id, "link.dropped", one.id, facts, now=kit.clock())


@router.get("/api/v1/students/{student_id}/whereabouts")
def show_whereabouts(request: Request, visitor: SignedIn, student_id: UUID) -> Whereabouts:
    """At which units the pupil's newest views are known, in the units' own words."""
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.ENROL)
        return Whereabouts(**asdict(roster_queries.whereabouts(session, pupil.id)))


def _both(session: Session, actor: Actor, student_id: UUID, other_id: UUID) -> tuple[Pupil, Pupil]:
    one, other = (student_for(session, actor, one, Right.ENROL) for one in (student_id, other_id))
    if one.school_id != other.school_id:
        raise Invalid("These two are pupils of two schools: no unit knows both.")
    return one, other
