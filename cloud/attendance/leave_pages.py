"""A parent asks for leave; the homeroom teacher decides. What a family told staff is taken back here, too."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Path, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request as Asked
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.desk import ask_for_leave, decide_on_leave, right_over
from cloud.attendance.leave import attachments, queries
from cloud.attendance.leave.facts import ClaimState, Stretch
from cloud.attendance.leave.queries import Request, Step
from cloud.attendance.leave.rules import Side, steps
from cloud.attendance.leave.words import STATES
from cloud.attendance.register.words import HALVES
from cloud.biometrics.scans import MAX_BYTES
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Conflict, Forbidden, Invalid, NotFound, Refusal, Refused
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.files import file_answer
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import page, service
from cloud.people.access import (
    OwnClass,
    Pupil,
    child_of,
    children_of,
    classes_for,
    pupils_among,
    pupils_in,
    student_for,
)
from cloud.people.frame import FamilyGroup, FamilyPlace
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(
        marked("Leave requests"), "/schools/{slug}/leave", Right.NOTE_LEAVE, Group.TODAY, waiting=queries.waiting_for
    ),
)
FAMILY = (FamilyPlace(marked("Leave request"), "/children/{student_id}/leave", FamilyGroup.LEAVE),)
LONGEST_REASON = 500
MAX_FORM_BYTES = attachments.MOST * MAX_BYTES + 64 * 1024
FileNumber = Annotated[int, Path(ge=0, lt=2**31)]


@dataclass(frozen=True, slots=True)
class LeaveLine:
    request: Request
    pupil: Pupil
    state: str
    """In words; translated where it is shown."""
    last: Step
    files: tuple[int, ...]
    """Numbers of those that came with it."""
    may_become: frozenset[ClaimState]
    written_by: str = ""
    """Of a note by staff: who wrote it down."""


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    lines: tuple[LeaveLine, ...]
    today: date
    form: Typed
    """What was refused is mended, not typed again."""
    refused: Said
    halves: tuple[tuple[HalfDay, str], ...] = tuple(HALVES.items())


@dataclass(frozen=True, slots=True)
class StaffView:
    school: OwnSchool
    decides: bool
    """On what families ask for; else what staff wrote down is all that is shown."""
    waiting: tuple[LeaveLine, ...]
    decided: tuple[LeaveLine, ...]
    classes: tuple[OwnClass, ...]
    """In whose whole the reader may write leave down."""
    chosen: OwnClass | None
    pupils: tuple[Pupil, ...]
    """Of the chosen class."""
    refused: Said
    halves: tuple[tuple[HalfDay, str], ...] = tuple(HALVES.items())


@router.get("/children/leave")
def show_first(asked: Asked, visitor: SignedIn) -> Response:
    """For the app's shortcut, which knows no child: the first one's; from there one goes to the others'."""
    with service(asked).database.reading() as session:
        children = children_of(session, visitor.actor)
    return RedirectResponse(f"/children/{children[0].id}/leave" if children else "/children", 303)


@router.get("/children/{student_id}/leave")
def show_family(asked: Asked, visitor: SignedIn, student_id: UUID) -> Response:
    return _family(asked, visitor, student_id)


@router.post("/children/{student_id}/leave", max_body_size=MAX_FORM_BYTES)
def ask(
    asked: Asked,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
    once: SentOnce,
    attachment: list[UploadFile] | None = None,
) -> Response:
    kit, now = service(asked), service(asked).clock()
    files = [content for one in attachment or [] if one.filename and (content := one.file.read())]
    try:
        reason, stretch = form.lines("reason", LONGEST_REASON), read_stretch(form)
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            request = ask_for_leave(session, visitor.actor, student_id, stretch, reason, now)
            attachments.keep(session, kit.settings.secret_key, request.id, files, now)
            where = once.led_to(session, visitor.actor.user_id, f"/children/{student_id}/leave")
    except Refused as error:
        form.problems = list(error.problems)
        return _family(asked, visitor, student_id, form, refused=error)
    except Refusal as error:
        return _family(asked, visitor, student_id, form, refused=error)
    return RedirectResponse(where, 303)


@router.post("/children/{student_id}/leave/{request_id}/withdrawal")
def withdraw(asked: Asked, visitor: SignedIn, student_id: UUID, request_id: UUID) -> Response:
    kit = service(asked)
    try:
        with kit.database.writing() as session:
            child = child_of(session, visitor.actor, student_id)
            if queries.request(session, request_id).student_id != child.id:
                raise NotFound("There is no such request, or it is not yours to see.")
            decide_on_leave(session, visitor.actor, request_id, ClaimState.WITHDRAWN, now=kit.clock())
    except Conflict as error:
        return _family(asked, visitor, student_id, refused=error)
    return RedirectResponse(f"/children/{student_id}/leave", 303)


@router.get("/schools/{slug}/leave")
def show_staff(asked: Asked, visitor: SignedIn, slug: str, class_id: str = "") -> Response:
    """With `class_id`, its pupils to choose one for whom leave is written down."""
    with service(asked).database.reading() as session:
        school = workplace_for(session, visitor.actor, slug)
    return _staff(asked, visitor, school, class_id)


@router.post("/leave/{request_id}/decision")
def decide(
    asked: Asked,
    visitor: SignedIn,
    request_id: UUID,
    state: Annotated[ClaimState, Form()],
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    kit = service(asked)
    with kit.database.reading() as session:
        request = queries.request(session, request_id)
        pupil = student_for(session, visitor.actor, request.student_id, right_over(request))
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id)
    try:
        with kit.database.writing() as session:
            decide_on_leave(session, visitor.actor, request_id, state, note=note, now=kit.clock())
    except (Conflict, Forbidden, Invalid) as error:
        return _staff(asked, visitor, school, refused=error)
    return RedirectResponse(f"/schools/{school.slug}/leave", 303)


@router.get("/leave/{request_id}/files/{number}/file")
def show_attachment(asked: Asked, visitor: SignedIn, request_id: UUID, number: FileNumber) -> Response:
    """To the child's guardians and to whoever decides on the request."""
    kit = service(asked)
    with kit.database.reading() as session:
        student_id = queries.request(session, request_id).student_id
        if all(child.id != student_id for child in children_of(session, visitor.actor)):
            student_for(session, visitor.actor, student_id, Right.DECIDE_LEAVE)
        found = attachments.show(session, kit.settings.secret_key, request_id, number)
    return file_answer(found.content, f"{request_id}-{number}.{found.media_type.split('/')[1]}")


def read_stretch(form: Typed) -> Stretch:
    """Raises Refused."""
    first_day, last_day = form.day("first_day"), form.day("last_day")
    first_half = form.choice("first_half", HalfDay, HalfDay.MORNING)
    last_half = form.choice("last_half", HalfDay, HalfDay.AFTERNOON)
    form.require()
    assert first_day
    assert last_day
    return Stretch(first_day, first_half, last_day, last_half)


def _family(
    asked: Asked,
    visitor: Visitor,
    student_id: UUID,
    form: Typed | None = None,
    *,
    refused: CloudError | None = None,
) -> Response:
    today = school_day(service(asked).clock())
    with service(asked).database.reading() as session:
        child = child_of(session, visitor.actor, student_id)
        lines = _lines(session, queries.requests_of(session, child.id), [child], Side.GUARDIAN)
    view = FamilyView(child, lines, today, form or Typed(), said_by(refused))
    return page(asked, "attendance/leave/family.html", view, status=refused.status if refused else 200)


def _staff(
    asked: Asked, visitor: Visitor, school: OwnSchool, class_id: str = "", *, refused: CloudError | None = None
) -> Response:
    if not visitor.actor.holds(Right.NOTE_LEAVE, school.id):
        raise NotFound("No such page, or not one for you.")
    today = school_day(service(asked).clock())
    with service(asked).database.reading() as session:
        here = visitor.actor.within(school.id)
        lines = _staff_lines(session, here, queries.since(session, school.id, today - queries.SHOWN))
        classes = tuple(classes_for(session, here, Right.NOTE_LEAVE))
        chosen = next((one for one in classes if str(one.id) == class_id or len(classes) == 1), None)
        of_class = tuple(pupils_in(session, here, chosen.id, Right.NOTE_LEAVE)) if chosen else ()
    waiting = tuple(one for one in lines if one.request.claim.state is ClaimState.REQUESTED)
    decided = tuple(one for one in lines if one not in waiting)
    decides = here.holds(Right.DECIDE_LEAVE, school.id)
    view = StaffView(school, decides, waiting, decided, classes, chosen, of_class, said_by(refused))
    return staff_page(
        asked, "attendance/leave/staff.html", view, visitor.actor, school, status=refused.status if refused else 200
    )


def _staff_lines(session: Session, here: Actor, requests: list[Request]) -> tuple[LeaveLine, ...]:
    """What a family asked is for whoever decides; notes are for whoever may write them."""
    ids = {one.student_id for one in requests}
    noting = pupils_among(session, here, ids, Right.NOTE_LEAVE)
    deciding = {one.id for one in pupils_among(session, here, ids, Right.DECIDE_LEAVE)}
    own = [one for one in requests if one.is_note or one.student_id in deciding]
    return _lines(session, own, noting, Side.STAFF)


def _lines(session: Session, requests: list[Request], pupils: list[Pupil], side: Side) -> tuple[LeaveLine, ...]:
    """Those of `pupils` alone."""
    by_id = {pupil.id: pupil for pupil in pupils}
    own = [one for one in requests if one.student_id in by_id]
    ids = [one.id for one in own]
    last, attached = queries.last_steps(session, ids), queries.attachments_of(session, ids)
    writers = queries.writers(session, ids)
    return tuple(
        LeaveLine(
            request=one,
            pupil=by_id[one.student_id],
            state=STATES[one.claim.state],
            last=last[one.id],
            files=attached.get(one.id, ()),
            may_become=frozenset(
                after
                for (before, after), sides in steps(is_note=one.is_note).items()
                if before is one.claim.state and side in sides
            ),
            written_by=writers.get(one.id, ""),
        )
        for one in own
    )
