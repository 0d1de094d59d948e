"""A school says when its people are told of the roll; the form stands on the page of the register's check."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.attendance.check_pages import show_again
from cloud.attendance.roll_report import queries
from cloud.attendance.roll_report.rules import read_time
from cloud.kit.errors import Invalid
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import service
from cloud.school.access import school_for

router = APIRouter(include_in_schema=False)


@router.post("/schools/{slug}/roll-report")
def set_time(request: Request, visitor: SignedIn, slug: str, form: Posted) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            school = school_for(session, visitor.actor, slug, Right.KEEP_ATTENDANCE)
            wished = form.read("at", read_time)
            form.require()
            assert wished
            queries.set_time(session, school.id, wished)
            facts = {"at": f"{wished:%H:%M}"}
            audit.note(session, school.id, visitor.actor.user_id, "attendance.told_at", "", facts, now=kit.clock())
    except Invalid as error:
        return show_again(request, visitor, slug, refused=error, form=form)
    return RedirectResponse(f"/schools/{slug}/register-check", 303)
