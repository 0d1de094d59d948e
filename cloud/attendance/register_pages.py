"""The roll of a class on a phone: one tap a pupil, everybody else by one button; works without scripts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.calling import call_roll, take_back
from cloud.attendance.register.counting import LIMIT
from cloud.attendance.register.roll import Answer, Choice, Roll, read_roll
from cloud.attendance.register.words import HALVES, PRESENCES, ROLL_CALL, TAKEN_BACK
from cloud.attendance.release.words import WAYS
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.service import service
from cloud.people.access import OwnClass, class_for
from cloud.school.access import workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class RegisterView:
    slug: str
    own_class: OwnClass
    today: date
    roll: Roll
    may_keep: bool
    refused: Said
    own_words: tuple[str, ...] = (ROLL_CALL, TAKEN_BACK)
    """Reasons that the service wrote itself; they are translated, what people wrote is not."""
    limit: int = LIMIT

    @property
    def presences(self) -> dict[str, str]:
        return PRESENCES

    @property
    def halves(self) -> dict[HalfDay, str]:
        return HALVES

    @property
    def ways(self) -> dict[str, str]:
        return WAYS

    @property
    def day_before(self) -> date:
        return self.roll.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.roll.day + timedelta(days=1)


async def posted(request: Request) -> FormData:
    return await request.form()


@router.get("/classes/{class_id}/register")
def show_register(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    day: date | None = None,
    half: HalfDay | None = None,
    period: int | None = None,
) -> Response:
    return _show(request, visitor, class_id, day or school_day(service(request).clock()), half, period)


@router.post("/classes/{class_id}/register")
def call(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    form: Annotated[FormData, Depends(posted)],
    day: Annotated[date, Form()],
    half: Annotated[HalfDay, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
    period: Annotated[int | None, Form()] = None,
) -> Response:
    """Only what differs from what the reader was shown is said: what a unit saw meanwhile is not overruled unseen."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            own_class = class_for(session, visitor.actor, class_id, Right.KEEP_ATTENDANCE)
            call_roll(session, visitor.actor, own_class, day, half, answers(form), reason, kit.clock(), period)
    except Invalid as error:
        return _show(request, visitor, class_id, day, half, period, refused=said_by(error), status=error.status)
    return _to(class_id, day, half, period)


@router.post("/classes/{class_id}/register/taken-back")
def undo(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    day: Annotated[date, Form()],
    half: Annotated[HalfDay, Form()],
    at: Annotated[datetime, Form()],
    period: Annotated[int | None, Form()] = None,
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            own_class = class_for(session, visitor.actor, class_id, Right.KEEP_ATTENDANCE)
            take_back(session, visitor.actor, own_class, day, half, at, kit.clock(), period)
    except Conflict as error:
        return _show(request, visitor, class_id, day, half, period, refused=said_by(error), status=error.status)
    return _to(class_id, day, half, period)


def answers(form: FormData) -> dict[UUID, Answer]:
    """What was tapped and differs from `was-…`, which says what was shown. Raises Invalid, naming the field."""
    rest = form.get("rest") == "present"
    found: dict[UUID, Answer] = {}
    for name, was in form.multi_items():
        if not name.startswith("was-"):
            continue
        key = name.removeprefix("was-")
        tapped = form.get(f"say-{key}") or (Choice.PRESENT if rest else None)
        if tapped is None:
            continue
        try:
            choice = Choice(str(tapped))
            minutes = int(str(form.get(f"minutes-{key}") or 0)) if choice is Choice.LATE else 0
            if str(answer := Answer(choice, minutes)) != was:
                found[UUID(key)] = answer
        except ValueError as error:
            raise Invalid(
                marked("Something tapped here cannot be used. Please load the page again and tap once more.")
            ) from error
    return found


def _show(
    request: Request,
    visitor: Visitor,
    class_id: UUID,
    day: date,
    half: HalfDay | None,
    period: int | None,
    *,
    refused: Said = "",
    status: int = 200,
) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        own_class = class_for(session, visitor.actor, class_id, Right.SEE_ATTENDANCE)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == own_class.school_id)
        try:
            class_for(session, visitor.actor, class_id, Right.KEEP_ATTENDANCE)
            may_keep = day <= school_day(now)
        except Forbidden:
            may_keep = False
        roll = read_roll(session, visitor.actor, own_class, day, half, now, period)
    view = RegisterView(school.slug, own_class, school_day(now), roll, may_keep, refused)
    return staff_page(request, "attendance/register.html", view, visitor.actor, school, status=status)


def _to(class_id: UUID, day: date, half: HalfDay, period: int | None) -> Response:
    one = f"&period={period}" if period is not None else ""
    return RedirectResponse(f"/classes/{class_id}/register?day={day}&half={half}{one}", 303)
