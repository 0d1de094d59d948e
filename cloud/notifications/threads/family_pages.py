"""A child's teachers, and what was written with each."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import CloudError, Invalid, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.forms import Posted
from cloud.kit.web.service import page, service
from cloud.notifications.threads import queries, talking
from cloud.notifications.threads.pages import MAX_FORM_BYTES, content_of
from cloud.notifications.threads.queries import Teacher, ThreadLine
from cloud.notifications.threads.tables import TeacherAway
from cloud.people.access import Pupil, child_of
from cloud.people.frame import FamilyGroup, FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Write to a teacher"), "/children/{student_id}/talks", FamilyGroup.MESSAGES),)


@dataclass(frozen=True, slots=True)
class TeacherLine:
    teacher: Teacher
    thread: ThreadLine | None
    away: TeacherAway | None
    teaches: bool
    """May be written to; else there is only what was written before."""


@dataclass(frozen=True, slots=True)
class FamilyView:
    child: Pupil
    lines: list[TeacherLine]
    chosen: UUID | None
    body: str
    refused: Said


@router.get("/children/{student_id}/talks")
def show_teachers(request: Request, visitor: SignedIn, student_id: UUID, teacher: UUID | None = None) -> Response:
    return _family(request, visitor, student_id, chosen=teacher)


@router.post("/children/{student_id}/talks", max_body_size=MAX_FORM_BYTES)
def begin(
    request: Request,
    visitor: SignedIn,
    student_id: UUID,
    form: Posted,
    once: SentOnce,
    file: UploadFile | None = None,
) -> Response:
    kit, now = service(request), service(request).clock()
    teacher, body = form.key("teacher"), form.value("body")
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            if teacher is None:
                raise Invalid(marked("Choose to whom you write."))
            part = talking.begin_as_guardian(session, visitor.actor, student_id, teacher, now)
            talking.write(session, visitor.actor, part, body, content_of(file), kit.settings.secret_key, now)
            where = once.led_to(session, visitor.actor.user_id, f"/talks/{part.thread.id}")
    except Refusal as error:
        return _family(request, visitor, student_id, chosen=teacher, body=body, refused=error)
    return RedirectResponse(where, 303)


def _family(
    request: Request,
    visitor: Visitor,
    student_id: UUID,
    *,
    chosen: UUID | None = None,
    body: str = "",
    refused: CloudError | None = None,
) -> Response:
    now = service(request).clock()
    with service(request).database.reading() as session:
        child = child_of(session, visitor.actor, student_id)
        teachers = talking.teachers_for(session, visitor.actor, child, now)
        threads = {
            one.thread.teacher_id: one for one in queries.threads_of_child(session, child.id, visitor.actor.user_id)
        }
        others = [
            Teacher(one, queries.name_of(session, one, child.school_id), (), False)
            for one in threads
            if all(known.user_id != one for known in teachers)
        ]
        away = queries.away(session, [one.user_id for one in teachers], school_day(now))
    lines = [TeacherLine(one, threads.get(one.user_id), away.get(one.user_id), True) for one in teachers]
    lines += [TeacherLine(one, threads[one.user_id], None, False) for one in others]
    view = FamilyView(child, lines, chosen, body, said_by(refused))
    return page(request, "notifications/threads/family.html", view, status=refused.status if refused else 200)
