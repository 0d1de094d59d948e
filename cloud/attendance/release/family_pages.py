"""How a child goes home, as the family wishes: who may collect, alone or not, somebody else on one day by a code."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.release import permits, queries
from cloud.attendance.release.permits import Given
from cloud.attendance.release.queries import Collector, Permit, Release
from cloud.attendance.release.rules import is_open
from cloud.attendance.release.words import WAYS
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import page, service
from cloud.people.access import Pupil, child_of
from cloud.people.frame import FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Pick-up"), "/children/{student_id}/pick-up"),)

SHOWN = 10
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class PickUpView:
    child: Pupil
    today: date
    collectors: tuple[Collector, ...]
    may_send: bool
    """Whether the reader may collect, and so may say who else does."""
    may_go_alone: bool
    permits: tuple[Permit, ...]
    releases: tuple[Release, ...]
    given: Given | None
    form: Typed
    """Somebody who could not be sent."""
    refused: Said

    @property
    def ways(self) -> dict[str, str]:
        return WAYS

    def is_open(self, permit: Permit) -> bool:
        return is_open(permit)


@router.get("/children/{student_id}/pick-up")
def show(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _show(request, visitor, student_id)


@router.post("/children/{student_id}/pick-up/alone")
def say_alone(request: Request, visitor: SignedIn, student_id: UUID, may: Annotated[bool, Form()]) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            permits.say_alone(session, visitor.actor, student_id, may=may, now=kit.clock())
    except Refusal as error:
        return _show(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/children/{student_id}/pick-up", 303)


@router.post("/children/{student_id}/pick-up/permits")
def give(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
    once: SentOnce,
) -> Response:
    """The answer is the page with the code on it: it is shown this once. Sent again, the form gives no second
    permission, but the one it gave gets a new code, since nobody may have seen the first."""
    kit, name, day = service(request), form.text("name", LONGEST_NAME), form.day("day")
    try:
        with kit.database.writing() as session:
            child_of(session, visitor.actor, student_id)
            form.require()
            assert day
            secret, now = kit.settings.secret_key, kit.clock()
            if before := once.before(session, visitor.actor.user_id, now):
                given = permits.give_again(session, visitor.actor, student_id, UUID(before), secret, now)
            else:
                given = permits.give(session, visitor.actor, student_id, name, day, secret, now)
                once.led_to(session, visitor.actor.user_id, str(given.permit.id))
    except Refusal as error:
        return _show(request, visitor, student_id, refused=error, form=form)
    return _show(request, visitor, student_id, given=given)


@router.post("/children/{student_id}/pick-up/permits/{permit_id}/withdrawal")
def withdraw(request: Request, visitor: SignedIn, student_id: UUID, permit_id: UUID) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            permits.withdraw(session, visitor.actor, student_id, permit_id, kit.clock())
    except Refusal as error:
        return _show(request, visitor, student_id, refused=error)
    return RedirectResponse(f"/children/{student_id}/pick-up", 303)


def _show(
    request: Request,
    visitor: Visitor,
    student_id: UUID,
    *,
    given: Given | None = None,
    refused: CloudError | None = None,
    form: Typed | None = None,
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        child = child_of(session, visitor.actor, student_id)
        view = PickUpView(
            child=child,
            today=today,
            collectors=tuple(queries.collectors_of(session, [child.id]).get(child.id, ())),
            may_send=queries.may_collect(session, visitor.actor.user_id, child.id),
            may_go_alone=bool(queries.may_go_alone(session, [child.id])),
            permits=tuple(queries.permits_since(session, child.id, today)),
            releases=tuple(queries.latest_releases(session, child.id, SHOWN)),
            given=given,
            form=form or Typed(),
            refused=said_by(refused),
        )
    return page(request, "attendance/release/family.html", view, status=refused.status if refused else 200)
