"""A teacher's threads; their note on an absence; what the school has decided of threads."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted, Typed
from cloud.kit.web.service import service
from cloud.notifications.preference_queries import staff_preference_of
from cloud.notifications.preferences import Preference
from cloud.notifications.threads import queries, talking
from cloud.notifications.threads.pages import MAX_FORM_BYTES, content_of
from cloud.notifications.threads.queries import ThreadLine
from cloud.notifications.threads.rules import MOST_NOTE, checked_note
from cloud.notifications.threads.tables import TeacherAway
from cloud.people.access import OwnClass, Pupil, class_for, classes_for, pupils_among, pupils_in
from cloud.school.access import OwnSchool, school_for, workplace_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(
        marked("Messages with families"), "/schools/{slug}/talks", Right.WRITE_MESSAGES, Group.MESSAGES,
        waiting=queries.unread_of_teacher,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TalksView:
    school: OwnSchool
    lines: list[ThreadLine]
    classes: list[OwnClass]
    chosen: OwnClass | None
    pupils: list[Pupil]
    """Of the chosen class."""
    away: TeacherAway | None
    today: date
    preference: Preference
    show_read: bool
    may_decide: bool
    web_push: bool
    form: Typed
    """A message, or a note, that could not be taken."""
    refused: Said

    @property
    def body(self) -> str:
        return self.form.value("body")


@router.get("/schools/{slug}/talks")
def show_talks(request: Request, visitor: SignedIn, slug: str, class_id: UUID | None = None) -> Response:
    return _talks(request, visitor, slug, class_id)


@router.post("/schools/{slug}/talks", max_body_size=MAX_FORM_BYTES)
def begin(
    request: Request,
    visitor: SignedIn,
    slug: str,
    form: Posted,
    once: SentOnce,
    file: UploadFile | None = None,
) -> Response:
    kit, now = service(request), service(request).clock()
    class_id, student, body = form.key("class_id"), form.key("student"), form.value("body")
    if student is None:
        form.complain("student", marked("choose one of the list"))
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            school = _school(session, visitor.actor, slug)
            form.require()
            assert student
            part = talking.begin_as_teacher(session, visitor.actor.within(school.id), student, now)
            talking.write(session, visitor.actor, part, body, content_of(file), kit.settings.secret_key, now)
            where = once.led_to(session, visitor.actor.user_id, f"/talks/{part.thread.id}")
    except Refusal as error:
        return _talks(request, visitor, slug, class_id, form=form, refused=error)
    return RedirectResponse(where, 303)


@router.post("/schools/{slug}/talks/absence")
def say_away(
    request: Request,
    visitor: SignedIn,
    slug: str,
    form: Posted,
) -> Response:
    """`back` takes the note away."""
    kit, back = service(request), form.ticked("back")
    note, last_day = form.text("note", MOST_NOTE, needed=False), form.day("last_day", needed=False)
    try:
        with kit.database.writing() as session:
            _school(session, visitor.actor, slug)
            if not back:
                form.require()
            said = None if back else checked_note(note, last_day, school_day(kit.clock()))
            queries.set_away(session, visitor.actor.user_id, said)
    except Refusal as error:
        return _talks(request, visitor, slug, None, form=form, refused=error)
    return RedirectResponse(f"/schools/{slug}/talks", 303)


@router.post("/schools/{slug}/talks/rules")
def decide_rules(
    request: Request, visitor: SignedIn, slug: str, show_read: Annotated[bool, Form()] = False
) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        school = school_for(session, visitor.actor, slug, Right.WRITE_MESSAGES)
        queries.set_shows_read(session, school.id, show_read)
        details = {"show_read": str(show_read).lower()}
        audit.note(session, school.id, visitor.actor.user_id, "threads.decided", details=details, now=kit.clock())
    return RedirectResponse(f"/schools/{slug}/talks", 303)


def _school(session: Session, actor: Actor, slug: str) -> OwnSchool:
    """Raises NotFound, also for staff who may write to nobody."""
    school = workplace_for(session, actor, slug)
    if not actor.holds(Right.WRITE_MESSAGES, school.id):
        raise NotFound("No such school, or not one where you may write to families.")
    return school


def _talks(
    request: Request,
    visitor: Visitor,
    slug: str,
    class_id: UUID | None,
    *,
    form: Typed | None = None,
    refused: CloudError | None = None,
) -> Response:
    kit, user_id = service(request), visitor.actor.user_id
    today = school_day(kit.clock())
    with kit.database.reading() as session:
        school = _school(session, visitor.actor, slug)
        own = visitor.actor.within(school.id)
        classes = classes_for(session, own, Right.WRITE_MESSAGES)
        chosen = class_for(session, own, class_id, Right.WRITE_MESSAGES) if class_id else None
        if len(classes) == 1:
            chosen = classes[0]
        about = queries.pupils_of_teacher(session, user_id, school.id)
        still = [one.id for one in pupils_among(session, own, about, Right.WRITE_MESSAGES)]
        view = TalksView(
            school=school,
            lines=queries.threads_of_teacher(session, user_id, school.id, still),
            classes=classes,
            chosen=chosen,
            pupils=pupils_in(session, own, chosen.id, Right.WRITE_MESSAGES) if chosen else [],
            away=queries.away(session, [user_id], today).get(user_id),
            today=today,
            preference=staff_preference_of(session, user_id),
            show_read=queries.shows_read(session, school.id),
            may_decide=school.id in visitor.actor.schools_where(Right.WRITE_MESSAGES),
            web_push=kit.settings.vapid_private_key is not None,
            form=form or Typed(),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "notifications/threads/talks.html", view, visitor.actor, school, status=status)
