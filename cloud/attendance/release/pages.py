"""At the gate, on a phone: whose child this is, who may collect it, and that it was handed over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.release import handing, queries
from cloud.attendance.release.queries import Collector, Release
from cloud.attendance.release.rules import is_open
from cloud.attendance.release.words import WAYS
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.service import service
from cloud.people.access import OwnClass, Pupil, classes_for, pupils_among, student_for
from cloud.people.search_queries import find_pupils
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Pick-up"), "/schools/{slug}/pick-up", Right.RELEASE_PUPILS, Group.TODAY),)
WRONG_CODE = marked("This code does not fit, or is not of today. After five wrong tries it opens nothing any more.")


@dataclass(frozen=True, slots=True)
class GateLine:
    pupil: Pupil
    left: Release | None


@dataclass(frozen=True, slots=True)
class GateView:
    school: OwnSchool
    classes: tuple[OwnClass, ...]
    chosen: UUID | None
    typed: str
    lines: tuple[GateLine, ...]
    just: GateLine | None
    """Who has just been handed over: that can be taken back at once."""

    @property
    def ways(self) -> dict[str, str]:
        return WAYS


@dataclass(frozen=True, slots=True)
class PupilView:
    school: OwnSchool
    pupil: Pupil
    collectors: tuple[Collector, ...]
    expected: tuple[str, ...]
    """Names of who may come today with a code."""
    may_go_alone: bool
    left: tuple[Release, ...]
    refused: Said = ""

    @property
    def ways(self) -> dict[str, str]:
        return WAYS


@dataclass(frozen=True, slots=True)
class Refusal:
    text: Said
    status: int


@router.get("/schools/{slug}/pick-up")
def show_gate(
    request: Request,
    visitor: SignedIn,
    slug: str,
    q: str = "",
    class_id: UUID | None = None,
    just: UUID | None = None,
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        school = _school(session, visitor.actor, slug)
        here = visitor.actor.within(school.id)
        classes = classes_for(session, here, Right.RELEASE_PUPILS)
        chosen = class_id if any(one.id == class_id for one in classes) else None
        if chosen is None and not q and len(classes) == 1:
            chosen = classes[0].id
        ids = queries.pupils_of_class(session, chosen, today) if chosen and not q else []
        found = {one.id for one in find_pupils(session, here, q)} if q else set(ids)
        pupils = pupils_among(session, here, found, Right.RELEASE_PUPILS)
        shown = {*(one.id for one in pupils), *([just] if just else [])}
        left = queries.released_on(session, shown, today)
        lines = tuple(GateLine(one, next(reversed(left.get(one.id, [])), None)) for one in pupils)
        done = pupils_among(session, here, [just], Right.RELEASE_PUPILS) if just else []
        last = GateLine(done[0], left[done[0].id][-1]) if done and left.get(done[0].id) else None
    view = GateView(school, tuple(classes), chosen, q, lines, last)
    return staff_page(request, "attendance/release/gate.html", view, visitor.actor, school)


@router.get("/schools/{slug}/pick-up/{student_id}")
def show_pupil(request: Request, visitor: SignedIn, slug: str, student_id: UUID) -> Response:
    return _show(request, visitor, slug, student_id)


@router.post("/schools/{slug}/pick-up/{student_id}/guardian")
def hand_to_guardian(
    request: Request, visitor: SignedIn, slug: str, student_id: UUID, guardian_id: Annotated[UUID, Form()]
) -> Response:
    now = service(request).clock()
    return _hand_over(
        request, visitor, slug, student_id,
        lambda session: handing.to_guardian(session, visitor.actor, student_id, guardian_id, now),
    )  # fmt: skip


@router.post("/schools/{slug}/pick-up/{student_id}/alone")
def let_go_alone(request: Request, visitor: SignedIn, slug: str, student_id: UUID) -> Response:
    now = service(request).clock()
    return _hand_over(
        request, visitor, slug, student_id, lambda session: handing.alone(session, visitor.actor, student_id, now)
    )


@router.post("/schools/{slug}/pick-up/{student_id}/code")
def hand_over_by_code(
    request: Request,
    visitor: SignedIn,
    slug: str,
    student_id: UUID,
    code: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    kit = service(request)
    fits: list[bool] = []
    answer = _hand_over(
        request, visitor, slug, student_id,
        lambda session: fits.append(
            handing.by_code(session, visitor.actor, student_id, code, kit.settings.secret_key, kit.clock())
        ),
    )  # fmt: skip
    if fits == [False]:
        return _show(request, visitor, slug, student_id, refused=Refusal(WRONG_CODE, Invalid.status))
    return answer


@router.post("/releases/{release_id}/taken-back")
def take_back(request: Request, visitor: SignedIn, release_id: UUID) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        found = queries.release(session, release_id)
        if found is None:
            raise NotFound("No such pupil, or not one that you may see.")
        pupil = student_for(session, visitor.actor, found.student_id, Right.RELEASE_PUPILS)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id)
    try:
        with kit.database.writing() as session:
            handing.undo(session, visitor.actor, release_id, kit.clock())
    except Conflict as error:
        return _show(request, visitor, school.slug, pupil.id, refused=Refusal(said_by(error), error.status))
    return RedirectResponse(f"/schools/{school.slug}/pick-up/{pupil.id}", 303)


def _hand_over(
    request: Request, visitor: Visitor, slug: str, student_id: UUID, hand_over: Callable[[Session], object]
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            _school(session, visitor.actor, slug)
            pupil = student_for(session, visitor.actor, student_id, Right.RELEASE_PUPILS)
            hand_over(session)
    except Conflict as error:
        return _show(request, visitor, slug, student_id, refused=Refusal(said_by(error), error.status))
    with kit.database.reading() as session:
        classes = classes_for(session, visitor.actor.within(pupil.school_id), Right.RELEASE_PUPILS)
    own = next((f"&class_id={one.id}" for one in classes if one.name == pupil.class_name), "")
    return RedirectResponse(f"/schools/{slug}/pick-up?just={student_id}{own}", 303)


def _show(
    request: Request, visitor: Visitor, slug: str, student_id: UUID, *, refused: Refusal | None = None
) -> Response:
    kit = service(request)
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        school = _school(session, visitor.actor, slug)
        pupil = student_for(session, visitor.actor.within(school.id), student_id, Right.RELEASE_PUPILS)
        permits = queries.permits_on(session, [pupil.id], today).get(pupil.id, ())
        view = PupilView(
            school=school,
            pupil=pupil,
            collectors=tuple(queries.collectors_of(session, [pupil.id]).get(pupil.id, ())),
            expected=tuple(one.name for one in permits if is_open(one)),
            may_go_alone=bool(queries.may_go_alone(session, [pupil.id])),
            left=tuple(queries.released_on(session, [pupil.id], today).get(pupil.id, ())),
            refused=refused.text if refused else "",
        )
    status = refused.status if refused else 200
    return staff_page(request, "attendance/release/pupil.html", view, visitor.actor, school, status=status)


def _school(session: Session, actor: Actor, slug: str) -> OwnSchool:
    """Where the actor hands over pupils of some class at least. Raises NotFound."""
    school = workplace_for(session, actor, slug)
    if not actor.holds(Right.RELEASE_PUPILS, school.id):
        raise NotFound("No such page, or not one for you.")
    return school
