"""Staff write notices and see who has not acknowledged; guardians read them and say that they did."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn
from cloud.kit import outbox
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.service import page, service
from cloud.notifications.notices import fact_queries, queries, sending
from cloud.notifications.notices.events import NOTICE_SENT
from cloud.notifications.notices.fact_queries import MOST_SHOWN, ByChannel, Facts, Totals, Which
from cloud.notifications.notices.queries import Copy, Sent
from cloud.notifications.notices.rules import Audience, Draft
from cloud.notifications.notices.tables import Notice, NoticeReminder
from cloud.notifications.pages import CHANNELS
from cloud.notifications.transport import Channel
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (Place(marked("Notices"), "/schools/{slug}/notices", Right.WRITE_MESSAGES, Group.MESSAGES),)

WHICH = {
    Which.WAITING: marked("Not acknowledged"),
    Which.UNREAD: marked("Not read"),
    Which.UNREACHED: marked("Not reached"),
    Which.ALL: marked("Everybody"),
}
Line = Annotated[str, Form(max_length=500)]
Body = Annotated[str, Form(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class NoticesView:
    school: OwnSchool
    audiences: list[Audience]
    chosen: str
    draft: Draft
    sent: list[Sent]
    refused: Said
    unsure: sending.Unsure | None
    """What was written waits for its writer's second word."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    school: OwnSchool
    notice: Notice
    draft: Draft
    """What the form of a correction shows."""
    totals: Totals
    channels: list[ByChannel]
    which: Which
    facts: list[Facts]
    being_queued: bool
    """Messages about it are still to be made: nobody without one is unreachable yet."""
    reminder: NoticeReminder | None
    """The last one."""
    refused: Said
    refused_reminder: Said
    channel_words: dict[Channel, str]
    choices: tuple[tuple[Which, str], ...] = tuple(WHICH.items())
    most: int = MOST_SHOWN


@router.get("/schools/{slug}/notices")
def show_notices(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _notices(request, visitor.actor, slug, "", Draft("", ""))


@router.post("/schools/{slug}/notices")
def send_notice(
    request: Request,
    visitor: SignedIn,
    slug: str,
    once: SentOnce,
    audience: Line = "",
    subject: Line = "",
    body: Body = "",
    subject_en: Line = "",
    body_en: Body = "",
    emergency: Annotated[bool, Form()] = False,
    sure_of: Annotated[int, Form()] = -1,
) -> Response:
    """`sure_of`: how many guardians the writer of an emergency has read that it wakes; asked again if they changed."""
    kit, draft = service(request), Draft(subject, body, subject_en, body_en, emergency)
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, kit.clock()):
                return RedirectResponse(done, 303)
            school = _school(session, visitor.actor, slug)
            sent = sending.send(session, visitor.actor, school.id, audience, draft, kit.clock(), sure_of=sure_of)
            if isinstance(sent, UUID):
                once.led_to(session, visitor.actor.user_id, f"/notices/{sent}")
    except Invalid as error:
        return _notices(request, visitor.actor, slug, audience, draft, said_by(error))
    if isinstance(sent, sending.Unsure):
        return _notices(request, visitor.actor, slug, audience, draft, unsure=sent)
    return RedirectResponse(f"/notices/{sent}", 303)


@router.get("/notices/{notice_id}")
def show_notice(request: Request, visitor: SignedIn, notice_id: UUID, which: Which = Which.WAITING) -> Response:
    return _notice(request, visitor.actor, notice_id, which=which)


@router.post("/notices/{notice_id}/reminder")
def remind(request: Request, visitor: SignedIn, notice_id: UUID, urgent: Annotated[bool, Form()] = False) -> Response:
    """Whoever has not acknowledged hears of it once more."""
    kit = service(request)
    try:
        with kit.database.writing() as session:
            notice, _ = _own(session, visitor.actor, notice_id)
            sending.remind(session, visitor.actor, notice, urgent=urgent, now=kit.clock())
    except Conflict as error:
        return _notice(request, visitor.actor, notice_id, refused_reminder=error)
    return RedirectResponse(f"/notices/{notice_id}#facts", 303)


@router.post("/notices/{notice_id}/correction")
def correct_notice(
    request: Request,
    visitor: SignedIn,
    notice_id: UUID,
    once: SentOnce,
    subject: Line = "",
    body: Body = "",
    subject_en: Line = "",
    body_en: Body = "",
) -> Response:
    kit, draft = service(request), Draft(subject, body, subject_en, body_en)
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, kit.clock()):
                return RedirectResponse(done, 303)
            earlier, _ = _own(session, visitor.actor, notice_id)
            corrected = sending.correct(session, visitor.actor, earlier, draft, kit.clock())
            where = once.led_to(session, visitor.actor.user_id, f"/notices/{corrected}")
    except Invalid as error:
        return _notice(request, visitor.actor, notice_id, said_by(error), draft=draft)
    return RedirectResponse(where, 303)


@router.get("/messages/{notice_id}")
def read_notice(request: Request, visitor: SignedIn, notice_id: UUID) -> Response:
    """Opening it is what makes it read."""
    kit = service(request)
    with kit.database.writing() as session:
        copy = _copy(session, visitor.actor, notice_id)
        queries.mark_read(session, notice_id, visitor.actor.user_id, now=kit.clock())
    return page(request, "notifications/copy.html", copy)


@router.post("/messages/{notice_id}/acknowledged")
def acknowledge(request: Request, visitor: SignedIn, notice_id: UUID) -> Response:
    kit = service(request)
    with kit.database.writing() as session:
        _copy(session, visitor.actor, notice_id)
        queries.mark_acknowledged(session, notice_id, visitor.actor.user_id, now=kit.clock())
    return RedirectResponse(f"/messages/{notice_id}", 303)


def _notices(
    request: Request,
    actor: Actor,
    slug: str,
    chosen: str,
    draft: Draft,
    refused: Said = "",
    unsure: sending.Unsure | None = None,
) -> Response:
    with service(request).database.reading() as session:
        school = _school(session, actor, slug)
        author_id = None if school.id in actor.schools_where(Right.WRITE_MESSAGES) else actor.user_id
        audiences = sending.audiences(session, actor, school.id)
        sent = queries.sent(session, school.id, author_id=author_id)
    view = NoticesView(school, audiences, chosen, draft, sent, refused, unsure)
    status = 422 if refused else 409 if unsure else 200
    return staff_page(request, "notifications/notices.html", view, actor, school, status=status)


def _notice(
    request: Request,
    actor: Actor,
    notice_id: UUID,
    refused: Said = "",
    *,
    which: Which = Which.WAITING,
    draft: Draft | None = None,
    refused_reminder: Conflict | None = None,
) -> Response:
    with service(request).database.reading() as session:
        notice, school = _own(session, actor, notice_id)
        view = NoticeView(
            school=school,
            notice=notice,
            draft=draft or Draft(notice.subject, notice.body, notice.subject_en or "", notice.body_en or ""),
            totals=fact_queries.totals(session, notice_id),
            channels=fact_queries.by_channel(session, notice_id),
            which=which,
            facts=fact_queries.facts(session, notice_id, which),
            being_queued=outbox.waits(session, NOTICE_SENT, notice_id),
            reminder=queries.last_reminder(session, notice_id),
            refused=refused,
            refused_reminder=said_by(refused_reminder),
            channel_words=CHANNELS,
        )
    status = 422 if refused else refused_reminder.status if refused_reminder else 200
    return staff_page(request, "notifications/notice.html", view, actor, school, status=status)


def _school(session: Session, actor: Actor, slug: str) -> OwnSchool:
    """Raises NotFound, also for staff who may write to nobody."""
    school = workplace_for(session, actor, slug)
    if not actor.holds(Right.WRITE_MESSAGES, school.id):
        raise NotFound("No such school, or not one where you may write notices.")
    return school


def _own(session: Session, actor: Actor, notice_id: UUID) -> tuple[Notice, OwnSchool]:
    """One to an audience of the actor's: their own, or anybody's where the actor may write to the whole school."""
    notice = queries.notice(session, notice_id)
    school = next((one for one in workplaces_for(session, actor) if notice and one.id == notice.school_id), None)
    if notice is None or school is None:
        raise NotFound("No such notice, or not one of yours.")
    own = notice.author_id == actor.user_id or school.id in actor.schools_where(Right.WRITE_MESSAGES)
    if not own or notice.audience not in {one.key for one in sending.audiences(session, actor, school.id)}:
        raise NotFound("No such notice, or not one of yours.")
    return notice, school


def _copy(session: Session, actor: Actor, notice_id: UUID) -> Copy:
    found = queries.copies(session, actor.user_id, notice_id=notice_id)
    if not found:
        raise NotFound("No such message, or not one for you.")
    return found[0]
