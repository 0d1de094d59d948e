"""The school's news, as families read it."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.visitor import SignedIn, Visitor
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.notifications.posts import pictures, queries
from cloud.notifications.posts.queries import PictureFacts, Shown
from cloud.notifications.posts.rules import State
from cloud.notifications.unread import unread_news
from cloud.people.frame import FamilyGroup, FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("News"), "/news", FamilyGroup.MESSAGES, unread_news),)
NOT_FOR_YOU = "No such news, or not for you."


@dataclass(frozen=True, slots=True)
class NewsView:
    posts: list[Shown]
    pictures: dict[UUID, list[PictureFacts]]


@dataclass(frozen=True, slots=True)
class PostView:
    shown: Shown
    pictures: list[PictureFacts]


@router.get("/news")
def show_news(request: Request, visitor: SignedIn) -> Response:
    """Whoever has looked at the list has read what is in it."""
    now = service(request).clock()
    with service(request).database.writing() as session:
        posts = queries.for_family(session, visitor.actor.user_id, today=school_day(now), now=now)
        queries.mark_read(session, [one.post.id for one in posts], visitor.actor.user_id, now=now)
        view = NewsView(posts, queries.pictures(session, [one.post.id for one in posts]))
    return page(request, "notifications/posts/news.html", view)


@router.get("/news/{post_id}")
def show_post(request: Request, visitor: SignedIn, post_id: UUID) -> Response:
    with service(request).database.writing() as session:
        shown = _for_family(request, session, visitor, post_id)
        queries.mark_read(session, [post_id], visitor.actor.user_id, now=service(request).clock())
        withdrawn = shown.post.state == State.WITHDRAWN
        found = [] if withdrawn else queries.pictures(session, [post_id]).get(post_id, [])
    return page(request, "notifications/posts/post.html", PostView(shown, found))


@router.get("/news/{post_id}/pictures/{number}")
def show_picture(request: Request, visitor: SignedIn, post_id: UUID, number: int) -> Response:
    kit = service(request)
    with kit.database.reading() as session:
        if _for_family(request, session, visitor, post_id).post.state == State.WITHDRAWN:
            raise NotFound(NOT_FOR_YOU)
        found = pictures.show(session, kit.settings.secret_key, post_id, number)
    return Response(found.content, media_type=found.media_type)


def _for_family(request: Request, session: Session, visitor: Visitor, post_id: UUID) -> Shown:
    now = service(request).clock()
    found = queries.for_family(session, visitor.actor.user_id, today=school_day(now), now=now, post_id=post_id)
    if not found:
        raise NotFound(NOT_FOR_YOU)
    return found[0]
