"""The roll of a class on a phone: one tap a pupil, everybody else by one button; works without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.calling import LONGEST_HALF_MINUTES, call_roll, take_back
from cloud.attendance.family_words import LEAVE_AHEAD
from cloud.attendance.register.counting import LIMIT
from cloud.attendance.register.facts import Permission
from cloud.attendance.register.roll import Answer, Choice, Roll, as_sent, read_roll
from cloud.attendance.register.words import HALVES, PRESENCES, ROLL_CALL, TAKEN_BACK
from cloud.attendance.release.words import WAYS
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Forbidden, Invalid, Refused
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import AskedDay, Posted, Typed
from cloud.kit.web.service import service
from cloud.people.access import OwnClass, class_for
from cloud.school.access import workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

LONGEST_REASON = 500
FIELDS = ("say", "minutes", "came", "left", "permit")
"""Of a pupil."""


@dataclass(frozen=True, slots=True)
class RegisterView:
    slug: str
    own_class: OwnClass
    today: date
    roll: Roll
    may_keep: bool
    form: Typed
    """What was tapped, and could not be taken."""
    refused: Said
    own_words: tuple[str, ...] = (ROLL_CALL, TAKEN_BACK)
    """Reasons that the service wrote itself; they are translated, what people wrote is not."""
    limit: int = LIMIT

    @property
    def presences(self) -> dict[str, str]:
        return PRESENCES

    @property
    def leave_ahead(self) -> str:
        return LEAVE_AHEAD

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


@router.get("/classes/{class_id}/register")
def show_register(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    day: AskedDay = None,
    half: HalfDay | None = None,
    period: int | None = None,
) -> Response:
    return _show(request, visitor, class_id, day or school_day(service(request).clock()), half, period)


@router.post("/classes/{class_id}/register")
def call(
    request: Request,
    visitor: SignedIn,
    class_id: UUID,
    form: Posted,
    day: Annotated[date, Form()],
    half: Annotated[HalfDay, Form()],
    period: Annotated[int | None, Form()] = None,
) -> Response:
    """Only what differs from what the reader was shown is said: what a unit saw meanwhile is not overruled unseen."""
    kit, reason, said = service(request), form.text("reason", LONGEST_REASON, needed=False), answers(form)
    try:
        with kit.database.writing() as session:
            own_class = class_for(session, visitor.actor, class_id, Right.KEEP_ATTENDANCE)
            form.require()
            call_roll(session, visitor.actor, own_class, day, half, said, reason, kit.clock(), period)
    except Invalid as error:
        form.problems = list(error.problems) if isinstance(error, Refused) else form.problems
        return _show(request, visitor, class_id, day, half, period, refused=error, form=_kept(form, said))
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
        return _show(request, visitor, class_id, day, half, period, refused=error)
    return _to(class_id, day, half, period)


def answers(form: Typed) -> dict[UUID, Answer]:
    """What was tapped and differs from `was-…`, which says what was shown. What cannot be used is said of its field."""
    rest = form.has("rest", Choice.PRESENT)
    found: dict[UUID, Answer] = {}
    for name in [name for name in form.values if name.startswith("was-")]:
        key = name.removeprefix("was-")
        tapped = form.value(f"say-{key}") or (Choice.PRESENT if rest else "")
        if not tapped:
            continue
        try:
            pupil, choice = UUID(key), Choice(tapped)
        except ValueError:
            form.complain(f"say-{key}", marked("choose one of the list"))
            continue
        if _typed(form, key, choice) != form.value(name):
            answer = _answer(form, key, choice, was_permitted=form.value(name).endswith(":P"))
            if str(answer) != form.value(name):
                found[pupil] = answer
    return found


def _typed(form: Typed, key: str, choice: Choice) -> str:
    """As `Answer` is written, whatever stands in the fields: what was not touched is no mistake of the reader's."""
    late = {Choice.LATE: form.value(f"minutes-{key}"), Choice.LEFT: form.value(f"came-{key}") or "0"}
    left = form.value(f"left-{key}") if choice is Choice.LEFT else ""
    permitted = choice in late and form.has(f"permit-{key}", Permission.PERMITTED)
    return as_sent(choice, late.get(choice, "0"), left, permitted=permitted)


def _answer(form: Typed, key: str, choice: Choice, *, was_permitted: bool) -> Answer:
    if choice not in (Choice.LATE, Choice.LEFT):
        return Answer(choice)
    permission = Permission.PERMITTED if form.has(f"permit-{key}", Permission.PERMITTED) else None
    if permission is None and was_permitted:
        permission = Permission.NOT_PERMITTED
    if choice is Choice.LATE:
        return Answer(choice, form.number(f"minutes-{key}", 1, LONGEST_HALF_MINUTES), None, permission)
    late = form.number(f"came-{key}", 0, LONGEST_HALF_MINUTES) if form.value(f"came-{key}") else 0
    return Answer(choice, late, form.clock(f"left-{key}"), permission)


def _kept(form: Typed, said: Mapping[UUID, Answer]) -> Typed:
    """Only what somebody said: of the others a unit may have seen something meanwhile."""
    keys = {*(str(one) for one in said), *(one.field.partition("-")[2] for one in form.problems)}
    names = {"reason", *(f"{kind}-{key}" for kind in FIELDS for key in keys)}
    return Typed({name: texts for name, texts in form.values.items() if name in names}, form.problems)


def _show(
    request: Request,
    visitor: Visitor,
    class_id: UUID,
    day: date,
    half: HalfDay | None,
    period: int | None,
    *,
    refused: Invalid | Conflict | None = None,
    form: Typed | None = None,
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
    view = RegisterView(school.slug, own_class, school_day(now), roll, may_keep, form or Typed(), said_by(refused))
    status = refused.status if refused else 200
    return staff_page(request, "attendance/register.html", view, visitor.actor, school, status=status)


def _to(class_id: UUID, day: date, half: HalfDay, period: int | None) -> Response:
    one = f"&period={period}" if period is not None else ""
    return RedirectResponse(f"/classes/{class_id}/register?day={day}&half={half}{one}", 303)
