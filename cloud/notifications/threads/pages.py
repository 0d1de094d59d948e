"""A thread, as both of its sides see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Refusal
from cloud.kit.i18n import Said, said_by
from cloud.kit.web.files import file_answer
from cloud.kit.web.service import page, service
from cloud.notifications.preference_queries import staff_preference_of
from cloud.notifications.preferences import quiet_ends
from cloud.notifications.threads import files, queries, talking
from cloud.notifications.threads.queries import Reader, Written
from cloud.notifications.threads.rules import MOST_BODY, Side
from cloud.notifications.threads.tables import TeacherAway
from cloud.notifications.threads.talking import Part
from cloud.people.access import Pupil
from cloud.school.access import OwnSchool, workplaces_for
from cloud.school.frame import staff_page

router = APIRouter(include_in_schema=False)

MAX_FORM_BYTES = files.MAX_BYTES + 64 * 1024
Body = Annotated[str, Form(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class Line:
    written: Written
    own: bool
    own_side: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    part: Part
    child: Pupil
    teacher: str
    lines: list[Line]
    readers: list[Reader] | None
    """Of the other side; None where the school shows nobody who has read."""
    last_own_at: datetime | None
    away: TeacherAway | None
    told_at: datetime | None
    """When the teacher's phone tells them, if it is quiet now."""
    back: str
    body: str
    refused: Said
    most: int = MOST_BODY


@router.get("/talks/{thread_id}")
def show_thread(request: Request, visitor: SignedIn, thread_id: UUID) -> Response:
    """Opening it is what makes it read."""
    kit = service(request)
    with kit.database.writing() as session:
        part = talking.part_in(session, visitor.actor, thread_id, kit.clock())
        queries.mark_read(session, thread_id, visitor.actor.user_id, part.side, now=kit.clock())
    return _thread(request, visitor, thread_id)


@router.post("/talks/{thread_id}", max_body_size=MAX_FORM_BYTES)
def write(
    request: Request,
    visitor: SignedIn,
    thread_id: UUID,
    once: SentOnce,
    body: Body = "",
    file: UploadFile | None = None,
) -> Response:
    kit, now = service(request), service(request).clock()
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            part = talking.part_in(session, visitor.actor, thread_id, now)
            talking.write(session, visitor.actor, part, body, content_of(file), kit.settings.secret_key, now)
            where = once.led_to(session, visitor.actor.user_id, f"/talks/{thread_id}#newest")
    except Refusal as error:
        return _thread(request, visitor, thread_id, body=body, refused=error)
    return RedirectResponse(where, 303)


@router.post("/talks/{thread_id}/messages/{message_id}/taken-back")
def take_back(request: Request, visitor: SignedIn, thread_id: UUID, message_id: UUID) -> Response:
    kit, now = service(request), service(request).clock()
    try:
        with kit.database.writing() as session:
            part = talking.part_in(session, visitor.actor, thread_id, now)
            talking.take_back(session, visitor.actor, part, message_id, now)
    except Refusal as error:
        return _thread(request, visitor, thread_id, refused=error)
    return RedirectResponse(f"/talks/{thread_id}#newest", 303)


@router.get("/talks/{thread_id}/messages/{message_id}/file")
def show_file(request: Request, visitor: SignedIn, thread_id: UUID, message_id: UUID) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        part = talking.part_in(session, visitor.actor, thread_id, kit.clock())
        talking.message_in(session, part, message_id)
        found = files.show(session, kit.settings.secret_key, message_id)
    name = f"{message_id}.{found.media_type.split('/')[1]}"
    return file_answer(found.content, name, opened=found.media_type != files.PDF)


def content_of(file: UploadFile | None) -> bytes:
    return file.file.read() if file is not None and file.filename else b""


def _thread(
    request: Request, visitor: Visitor, thread_id: UUID, *, body: str = "", refused: CloudError | None = None
) -> Response:
    now, actor = service(request).clock(), visitor.actor
    with service(request).database.reading() as session:
        part = talking.part_in(session, actor, thread_id, now)
        readers = queries.readers(session, part.thread, part.side.other)
        written = queries.messages(session, thread_id)
        school = _school(session, actor, part)
        view = ThreadView(
            part=part,
            child=part.child,
            teacher=queries.name_of(session, part.thread.teacher_id, part.thread.school_id),
            lines=[_line(one, actor, part.side, readers) for one in written],
            readers=readers if queries.shows_read(session, part.thread.school_id) else None,
            last_own_at=max((one.message.at for one in written if one.message.side == part.side), default=None),
            away=queries.away(session, [part.thread.teacher_id], school_day(now)).get(part.thread.teacher_id),
            told_at=_told_at(session, part, now),
            back=f"/schools/{school.slug}/talks" if school else f"/children/{part.child.id}/talks",
            body=body,
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    if school is not None:
        return staff_page(request, "notifications/threads/thread.html", view, actor, school, status=status)
    return page(request, "notifications/threads/thread.html", view, status=status)


def _school(session: Session, actor: Actor, part: Part) -> OwnSchool | None:
    """Where the teacher's side is looked at from."""
    if part.side is Side.FAMILY:
        return None
    return next(one for one in workplaces_for(session, actor) if one.id == part.thread.school_id)


def _line(written: Written, actor: Actor, side: Side, readers: list[Reader]) -> Line:
    """`readers` are those of the side that is not the actor's."""
    message = written.message
    own = message.author_id == actor.user_id
    unread = message.taken_back_at is None and all(one.read_at < message.at for one in readers)
    return Line(written, own, message.side == side, own and unread)


def _told_at(session: Session, part: Part, now: datetime) -> datetime | None:
    if part.side is Side.TEACHER:
        return None
    return quiet_ends(staff_preference_of(session, part.thread.teacher_id), now)
