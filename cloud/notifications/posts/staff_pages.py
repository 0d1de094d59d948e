"""Staff write news; colleagues decide on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cloud.accounts.access import Actor, Right
from cloud.accounts.sent_once import SentOnce
from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.errors import CloudError, NotFound, Refusal
from cloud.kit.i18n import Said, marked, said_by
from cloud.kit.web.service import service
from cloud.notifications.notices.rules import Audience
from cloud.notifications.notices.sending import audiences
from cloud.notifications.posts import pictures, queries, writing
from cloud.notifications.posts.queries import PictureFacts, Shown
from cloud.notifications.posts.rules import MAX_PICTURE_BYTES, MOST_PICTURES, STATES, Draft, State
from cloud.school.access import OwnSchool, workplace_for, workplaces_for
from cloud.school.frame import Group, Place, staff_page

router = APIRouter(include_in_schema=False)

PLACES = (
    Place(marked("News"), "/schools/{slug}/posts", Right.WRITE_MESSAGES, Group.MESSAGES, waiting=writing.waiting_for),
)
MAX_FORM_BYTES = MOST_PICTURES * MAX_PICTURE_BYTES + 64 * 1024
Line = Annotated[str, Form(max_length=1000)]
Body = Annotated[str, Form(max_length=20_000)]
Pictures = list[UploadFile] | None
Alts = Annotated[list[str] | None, Form(max_length=MOST_PICTURES)]


@dataclass(frozen=True, slots=True)
class PostsView:
    school: OwnSchool
    audiences: list[Audience]
    chosen: str
    draft: Draft
    posts: list[Shown]
    now: datetime
    refused: Said
    states: dict[State, str]
    numbers: range = range(1, MOST_PICTURES + 1)


@dataclass(frozen=True, slots=True)
class PostView:
    school: OwnSchool
    shown: Shown
    pictures: list[PictureFacts]
    state: str
    is_out: bool
    may_decide: bool
    own: bool
    draft: Draft
    refused: Said
    numbers: range = range(1, MOST_PICTURES + 1)


@router.get("/schools/{slug}/posts")
def show_posts(request: Request, visitor: SignedIn, slug: str) -> Response:
    return _posts(request, visitor, slug, "", Draft("", ""))


@router.post("/schools/{slug}/posts", max_body_size=MAX_FORM_BYTES)
def write(
    request: Request,
    visitor: SignedIn,
    slug: str,
    once: SentOnce,
    audience: Line = "",
    title: Line = "",
    body: Body = "",
    publish_at: Line = "",
    picture: Pictures = None,
    alt: Alts = None,
) -> Response:
    kit, draft = service(request), Draft(title, body, publish_at)
    try:
        with kit.database.writing() as session:
            secret, now = kit.settings.secret_key, kit.clock()
            if done := once.before(session, visitor.actor.user_id, now):
                return RedirectResponse(done, 303)
            school = _school(session, visitor.actor, slug)
            files = _files(picture, alt)
            post_id = writing.write(session, visitor.actor, school.id, audience, draft, files, secret, now)
            where = once.led_to(session, visitor.actor.user_id, f"/posts/{post_id}")
    except Refusal as error:
        return _posts(request, visitor, slug, audience, draft, error)
    return RedirectResponse(where, 303)


@router.get("/posts/{post_id}")
def show_post(request: Request, visitor: SignedIn, post_id: UUID) -> Response:
    return _post(request, visitor, post_id)


@router.post("/posts/{post_id}/decision")
def decide(
    request: Request, visitor: SignedIn, post_id: UUID, state: Annotated[State, Form()], reason: Line = ""
) -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            post = writing.own(session, visitor.actor, post_id)
            writing.decide(session, visitor.actor, post, state, reason, kit.clock())
    except Refusal as error:
        return _post(request, visitor, post_id, refused=error)
    return RedirectResponse(f"/posts/{post_id}", 303)


@router.post("/posts/{post_id}/withdrawal")
def withdraw(request: Request, visitor: SignedIn, post_id: UUID, reason: Line = "") -> Response:
    kit = service(request)
    try:
        with kit.database.writing() as session:
            post = writing.own(session, visitor.actor, post_id)
            writing.withdraw(session, visitor.actor, post, reason, kit.clock())
    except Refusal as error:
        return _post(request, visitor, post_id, refused=error)
    return RedirectResponse(f"/posts/{post_id}", 303)


@router.post("/posts/{post_id}/correction", max_body_size=MAX_FORM_BYTES)
def correct(
    request: Request,
    visitor: SignedIn,
    post_id: UUID,
    once: SentOnce,
    title: Line = "",
    body: Body = "",
    picture: Pictures = None,
    alt: Alts = None,
) -> Response:
    kit, draft = service(request), Draft(title, body)
    try:
        with kit.database.writing() as session:
            if done := once.before(session, visitor.actor.user_id, kit.clock()):
                return RedirectResponse(done, 303)
            earlier = writing.own(session, visitor.actor, post_id)
            files, secret = _files(picture, alt), kit.settings.secret_key
            corrected = writing.correct(session, visitor.actor, earlier, draft, files, secret, kit.clock())
            where = once.led_to(session, visitor.actor.user_id, f"/posts/{corrected}")
    except Refusal as error:
        return _post(request, visitor, post_id, draft=draft, refused=error)
    return RedirectResponse(where, 303)


@router.get("/posts/{post_id}/pictures/{number}")
def show_picture(request: Request, visitor: SignedIn, post_id: UUID, number: int) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        writing.own(session, visitor.actor, post_id)
        found = pictures.show(session, kit.settings.secret_key, post_id, number)
    return Response(found.content, media_type=found.media_type)


def _files(picture: Pictures, alt: list[str] | None) -> list[tuple[bytes, str]]:
    """In the order of the form; a browser sends an empty file for a field that was left."""
    sent = [one.file.read() if one.filename else b"" for one in picture or []]
    words = [*(alt or []), *[""] * len(sent)]
    return list(zip(sent, words[: len(sent)], strict=True))


def _school(session: Session, actor: Actor, slug: str) -> OwnSchool:
    """Raises NotFound, also for staff who may write to nobody."""
    school = workplace_for(session, actor, slug)
    if not actor.holds(Right.WRITE_MESSAGES, school.id):
        raise NotFound("No such school, or not one where you may write news.")
    return school


def _posts(
    request: Request, visitor: Visitor, slug: str, chosen: str, draft: Draft, refused: CloudError | None = None
) -> Response:
    actor, now = visitor.actor, service(request).clock()
    with service(request).database.reading() as session:
        school = _school(session, actor, slug)
        decides = [one.key for one in audiences(session, actor, school.id, Right.APPROVE_POSTS)]
        posts = queries.of_school(session, school.id, actor.user_id, decides, now=now)
        own = audiences(session, actor, school.id)
    view = PostsView(school, own, chosen, draft, posts, now, said_by(refused), STATES)
    status = refused.status if refused else 200
    return staff_page(request, "notifications/posts/posts.html", view, actor, school, status=status)


def _post(
    request: Request,
    visitor: Visitor,
    post_id: UUID,
    *,
    draft: Draft | None = None,
    refused: CloudError | None = None,
) -> Response:
    actor, now = visitor.actor, service(request).clock()
    with service(request).database.reading() as session:
        post = writing.own(session, actor, post_id)
        school = next(one for one in workplaces_for(session, actor) if one.id == post.school_id)
        shown = queries.one(session, post_id, now=now)
        assert shown is not None
        view = PostView(
            school=school,
            shown=shown,
            pictures=queries.pictures(session, [post_id]).get(post_id, []),
            state=STATES[State(post.state)],
            is_out=post.state == State.APPROVED and post.publish_at <= now,
            may_decide=post.author_id != actor.user_id and writing.may_decide(session, actor, post),
            own=post.author_id == actor.user_id,
            draft=draft or Draft(post.title, post.body),
            refused=said_by(refused),
        )
    status = refused.status if refused else 200
    return staff_page(request, "notifications/posts/staff.html", view, actor, school, status=status)
