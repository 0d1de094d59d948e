"""What the school's own machine asks for before it enrols: whom it may, and everybody's templates to compare with."""

import base64
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics.queries import enrolment as queries
from cloud.biometrics.queries import rosters as roster_queries
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.roster_api import rosters_of
from cloud.biometrics.templates import open_templates
from cloud.kit.web.service import service
from cloud.school.access import school_for

router = APIRouter(tags=["enrolment"])

PURPOSE = "duplicate check"


class PupilToEnrol(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    class_name: str
    consent: bool
    views: int
    enrolled_at: datetime | None


class GalleryView(BaseModel):
    """`vector`: little-endian float16, base64. Whose it is stands in the list of pupils, without a name there too."""

    student_id: UUID
    model: str
    vector: str


@router.get("/api/v1/schools/{slug}/enrolment")
def show_pupils(request: Request, visitor: SignedIn, slug: str) -> list[PupilToEnrol]:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ENROL)
        return [PupilToEnrol.model_validate(one) for one in queries.to_enrol(session, visitor.actor, school.id)]


@router.get("/api/v1/schools/{slug}/gallery")
def show_gallery(request: Request, visitor: SignedIn, slug: str) -> list[GalleryView]:
    """To find out on the spot whether somebody is enrolled already. Noted in the access log, pupil by pupil."""
    kit, ours = service(request), rosters_of(request)
    reader = Reader(PURPOSE, user_id=visitor.actor.user_id)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.ENROL)
        everybody = set(roster_queries.enrolled(session, school.id, None))
        opened = open_templates(session, ours.keyring, school.id, everybody, reader=reader, now=kit.clock())
    return [
        GalleryView(student_id=one.student_id, model=one.model, vector=base64.b64encode(one.vector).decode())
        for one in opened
    ]
