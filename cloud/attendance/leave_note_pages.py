"""Staff write down leave that a family told them: one form for one pupil; what stands is on the page of requests."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.attendance.leave_pages import LONGEST_REASON, read_stretch
from cloud.attendance.noting import note_leave
from cloud.attendance.register.words import HALVES
from cloud.kit.clock import SCHOOL_TIME, school_time
from cloud.kit.errors import Refusal
from cloud.kit.i18n import Said, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.people.access import Pupil, student_for
from cloud.people.guardians import queries as guardians
from cloud.school.access import workplaces_for
from cloud.school.calendar.facts import HalfDay
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

SOMEBODY_ELSE = "else"
LONGEST_TELLER = 120


@dataclass(frozen=True, slots=True)
class NoteView:
    slug: str
    pupil: Pupil
    guardians: tuple[str, ...]
    """By name: who may have told."""
    now: datetime
    """Where the school stands."""
    form: Typed
    refused: Said
    halves: tuple[tuple[HalfDay, str], ...] = tuple(HALVES.items())

    @property
    def today(self) -> date:
        return self.now.date()


@router.get("/students/{student_id}/leave")
def show_form(request: Request, visitor: SignedIn, student_id: UUID) -> Response:
    return _show(request, visitor, student_id)


@router.post("/students/{student_id}/leave")
def write(request: Request, visitor: SignedIn, student_id: UUID, form: Posted, once: SentOnce) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            reason, teller, told_at = form.lines("reason", LONGEST_REASON), _teller(form), _told_at(form)
            stretch = read_stretch(form)
            if done := once.before(session, visitor.actor.user_id, kit.clock()):
                return RedirectResponse(done, 303)
            assert told_at  # read_stretch raises for every field that could not be read
            noted = note_leave(
                session, visitor.actor, student_id, stretch, reason, told_by=teller, told_at=told_at, now=kit.clock()
            )
            slug = next(one.slug for one in workplaces_for(session, visitor.actor) if one.id == noted.school_id)
            where = once.led_to(session, visitor.actor.user_id, f"/schools/{slug}/leave")
    except Refusal as error:
        return _show(request, visitor, student_id, form, refused=error)
    return RedirectResponse(where, 303)


def _teller(form: Typed) -> str:
    """A guardian of the list, by name, or whoever was typed beside it."""
    chosen = form.value("told_by")
    if chosen and chosen != SOMEBODY_ELSE:
        return form.text("told_by", LONGEST_TELLER)
    return form.text("teller", LONGEST_TELLER)


def _told_at(form: Typed) -> datetime | None:
    day, clock = form.day("told_day"), form.clock("told_time")
    return datetime.combine(day, clock, SCHOOL_TIME) if day and clock else None


def _show(
    request: Request, visitor: Visitor, student_id: UUID, form: Typed | None = None, *, refused: Refusal | None = None
) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        pupil = student_for(session, visitor.actor, student_id, Right.NOTE_LEAVE)
        school = next(one for one in workplaces_for(session, visitor.actor) if one.id == pupil.school_id)
        names = tuple(one.full_name for one in guardians.of_pupil(session, pupil.id, now))
    view = NoteView(school.slug, pupil, names, school_time(now), form or Typed(), said_by(refused))
    status = refused.status if refused else 200
    return staff_page(request, "attendance/leave/note.html", view, visitor.actor, school, status=status)
