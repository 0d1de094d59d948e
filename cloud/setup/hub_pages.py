"""Where setting a school up begins: what is there, and what is still missing."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Group, Place, staff_page
from cloud.setup.checklist import Step, steps_of

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Set-up"), "/schools/{slug}/setup", Right.MANAGE_CALENDAR, Group.YEAR, whole=True),)


@dataclass(frozen=True, slots=True)
class SetupView:
    school: OwnSchool
    steps: tuple[Step, ...]


@router.get("/schools/{slug}/setup")
def show_setup(request: Request, visitor: SignedIn, slug: str) -> Response:
    kit = service(request)
    today, ways = school_day(kit.clock()), len(kit.settings.ways_to_families)
    with kit.database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_CALENDAR)
        view = SetupView(school, steps_of(session, visitor.actor, school.id, today, ways_to_families=ways))
    return staff_page(request, "setup/hub.html", view, visitor.actor, school)
