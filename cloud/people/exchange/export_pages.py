"""Export: pupils, staff or the whole roster as a file. Who took it is noted."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.web.files import file_answer
from cloud.kit.web.service import service
from cloud.people.exchange import queries
from cloud.people.exchange.formats import PUPIL_FORMATS, STAFF
from cloud.people.exchange.writing import write_excel, write_staff
from cloud.people.oneroster.queries import roster
from cloud.people.oneroster.writing import write_oneroster
from cloud.people.pupils.queries import classes
from cloud.school.access import school_for

router = APIRouter(include_in_schema=False)


@router.get("/schools/{slug}/oneroster.zip")
def export_oneroster(request: Request, visitor: SignedIn, slug: str) -> Response:
    """The school's whole roster of today. Who took it is noted."""
    kit, now = service(request), service(request).clock()
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        content = write_oneroster(roster(session, school.id, school_day(now)))
        facts = {"format": "oneroster", "class": "all"}
        audit.note(session, school.id, visitor.actor.user_id, "pupils.exported", school.id, facts, now=now)
    return file_answer(content, f"oneroster-{school.slug}.zip")


@router.get("/schools/{slug}/export.xlsx")
def export(
    request: Request,
    visitor: SignedIn,
    slug: str,
    wanted: Annotated[str, Query(alias="format")] = "",
    class_id: str = "",
) -> Response:
    """Whoever is with the school, or with one class of it. Who took it is noted."""
    kit = service(request)
    chosen = next((one for one in PUPIL_FORMATS if one.name == wanted), PUPIL_FORMATS[0])
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        name = next((name for one, name, _ in classes(session, school.id) if str(one) == class_id), None)
        if class_id and name is None:
            raise NotFound("No such class in this school.")
        pupils = [one for one in queries.known_pupils(session, school.id) if name in (None, one.class_name)]
        grades = queries.grades_by_class(session, school.id)
        facts = {"format": chosen.name, "class": name or "all"}
        audit.note(session, school.id, visitor.actor.user_id, "pupils.exported", school.id, facts, now=kit.clock())
    return file_answer(write_excel(pupils, grades, chosen), f"{chosen.name}-{school.slug}.xlsx")


@router.get("/schools/{slug}/staff.xlsx")
def export_staff(request: Request, visitor: SignedIn, slug: str) -> Response:
    """Whoever works at the school; of one without any, the sheet to fill in. Who took it is noted."""
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.MANAGE_PEOPLE)
        content = write_staff(queries.known_staff(session, school.id))
        audit.note(session, school.id, visitor.actor.user_id, "staff.exported", school.id, now=kit.clock())
    return file_answer(content, f"{STAFF.name}-{school.slug}.xlsx")
