"""Everything that is held about a child, for its guardians and for staff who manage people."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics.queries import consent as consent_queries
from cloud.biometrics.rules import Request as Wanted
from cloud.kit.web.service import language, service
from cloud.people.access import children_of, student_for
from cloud.reports.held import Held, as_json, as_pdf
from cloud.reports.held_queries import sections

router = APIRouter(include_in_schema=False)


@router.get("/students/{student_id}/held.json")
def export_json(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="held.json"'}
    return Response(as_json(_held(request, visitor, student_id)), media_type="application/json", headers=headers)


@router.get("/students/{student_id}/held.pdf")
def export_pdf(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    headers = {"Content-Disposition": 'attachment; filename="held.pdf"'}
    content = as_pdf(_held(request, visitor, student_id), language(request))
    return Response(content, media_type="application/pdf", headers=headers)


def _held(request: Request, visitor: Visitor, student_id: UUID) -> Held:
    """Noted in the log of changes; what the family had asked for is done with it."""
    now = service(request).clock()
    with service(request).database.writing() as session:
        own = next((one for one in children_of(session, visitor.actor) if one.id == student_id), None)
        pupil = own or student_for(session, visitor.actor, student_id, Right.MANAGE_PEOPLE)
        if own:
            consent_queries.close_requests(session, pupil.id, Wanted.ACCESS, now)
        audit.note(session, pupil.school_id, visitor.actor.user_id, "held.exported", pupil.id, now=now)
        reader = visitor.actor.user_id if own else None
        return Held(pupil.full_name, now, sections(session, pupil.id, reader=reader))
