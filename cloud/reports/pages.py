"""Everything that is held about a child, for its guardians and for staff who manage people."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.biometrics.queries import consent as consent_queries
from cloud.biometrics.queries.access_log import Access, accesses_in
from cloud.biometrics.rules import Request as Wanted
from cloud.kit.i18n import marked
from cloud.kit.web.files import file_answer
from cloud.kit.web.service import language, service
from cloud.people.access import children_of, student_for
from cloud.reports.held import Held, as_json, as_pdf
from cloud.reports.held_queries import sections
from cloud.reports.retention import RULES, Rule
from cloud.school.access import OwnSchool, school_for
from cloud.school.frame import Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Safekeeping"), "/schools/{slug}/safekeeping", Right.SEE_AUDIT, whole=True),)
SHOWN = 200
"""Lines of the log on the page; the file has all."""


@dataclass(frozen=True, slots=True)
class SafekeepingView:
    school: OwnSchool
    accesses: tuple[Access, ...]
    rules: tuple[Rule, ...]


@router.get("/schools/{slug}/safekeeping")
def show_safekeeping(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Who opened what when, and what is kept for how long."""
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_AUDIT)
        view = SafekeepingView(school, tuple(accesses_in(session, school.id, limit=SHOWN)), RULES)
    return staff_page(request, "reports/safekeeping.html", view, visitor.actor, school)


@router.get("/schools/{slug}/accesses.csv")
def export_accesses(request: Request, visitor: SignedIn, slug: str) -> Response:
    with service(request).database.reading() as session:
        school = school_for(session, visitor.actor, slug, Right.SEE_AUDIT)
        accesses = accesses_in(session, school.id)
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(["at", "pupil", "class", "purpose", "user", "unit", "templates"])
    for one in accesses:
        texts = [one.code or "", one.class_name or "", one.purpose, one.user or "", one.unit or ""]
        # A text that begins like a formula is one for Excel: an apostrophe makes it a text again.
        plain = [f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text for text in texts]
        table.writerow([one.at.isoformat(), *plain, one.templates])
    # The mark at the beginning makes Excel read UTF-8.
    return file_answer(f"\ufeff{file.getvalue()}", f"accesses-{school.slug}.csv")


@router.get("/students/{student_id}/held.json")
def export_json(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return file_answer(as_json(_held(request, visitor, student_id)), f"held-{student_id}.json")


@router.get("/students/{student_id}/held.pdf")
def export_pdf(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return file_answer(as_pdf(_held(request, visitor, student_id), language(request)), f"held-{student_id}.pdf")


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
