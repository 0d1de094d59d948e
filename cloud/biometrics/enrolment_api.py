"""What the school's own machine asks for before it enrols: whom it may. Whom somebody looks like: kiosk_api.py."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.biometrics.queries import enrolment as queries
from cloud.kit.web.service import service
from cloud.school.access import school_for

router = APIRouter(tags=["enrolment"])


class PupilToEnrol(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    class_name: str
    consent: bool
    views: int
    enrolled_at: datetime | None


@router.get("/api/v1/schools/{slug}/enrolment")
def show_pupils(request: Request, visitor: SignedIn, slug: str) -> list[PupilToEnrol]:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.ENROL)
        return [PupilToEnrol.model_validate(one) for one in queries.to_enrol(session, visitor.actor, school.id)]
