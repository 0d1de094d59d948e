"""The sheet as the kitchen opens it from its e-mail: nobody there needs an account, and no name is on it."""

import hmac
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.attendance.meals import supplementing
from cloud.attendance.meals.sheet import Sheet, read_sheet, token_of
from cloud.kit.errors import NotFound
from cloud.kit.web.service import page, service
from cloud.school.queries import school_by_slug

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class KitchenView:
    sheet: Sheet


@router.get("/kitchen/{slug}/{day}/{token}")
def show(request: Request, slug: str, day: date, token: str) -> Response:
    with service(request).database.reading() as session:
        _, sheet = _sheet(request, session, slug, day, token)
    return page(request, "attendance/meals/kitchen.html", KitchenView(sheet), signed_in=False)


@router.post("/kitchen/{slug}/{day}/{token}")
def receive(
    request: Request, slug: str, day: date, token: str, supplements: Annotated[int, Form(ge=0, le=999)] = 0
) -> Response:
    """`supplements`: how many of them were on the page."""
    now = service(request).clock()
    with service(request).database.writing() as session:
        school_id, _ = _sheet(request, session, slug, day, token)
        supplementing.receive(session, school_id, day, supplements, None, now)
    return RedirectResponse(request.url.path, 303)


def _sheet(request: Request, session: Session, slug: str, day: date, token: str) -> tuple[UUID, Sheet]:
    """Raises NotFound alike for a wrong token and for a day without a sheet."""
    school_id = school_by_slug(session, slug)
    right = token_of(service(request).settings.secret_key, school_id, day) if school_id else None
    sheet = (
        read_sheet(session, school_id, day)
        if school_id and right and hmac.compare_digest(right.encode(), token.encode())
        else None
    )
    if school_id is None or sheet is None:
        raise NotFound("There is no such sheet.")
    return school_id, sheet
