"""All that the school's people have written to a guardian: one page to look at."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor
from cloud.accounts.visitor import SignedIn
from cloud.kit.i18n import marked
from cloud.kit.web.service import page, service
from cloud.notifications.groups import queries as groups
from cloud.notifications.groups.queries import Counts
from cloud.notifications.notices import queries as notices
from cloud.notifications.notices.queries import Copy
from cloud.notifications.threads import queries as threads
from cloud.notifications.threads.queries import ThreadLine
from cloud.notifications.unread import unread_letters
from cloud.people.access import Pupil, children_of
from cloud.people.frame import FamilyGroup, FamilyPlace

router = APIRouter(include_in_schema=False)

FAMILY = (FamilyPlace(marked("Messages"), "/messages", FamilyGroup.MESSAGES, unread_letters),)


@dataclass(frozen=True, slots=True)
class ChildLine:
    child: Pupil
    threads: list[ThreadLine]
    """With something in them that the reader has not read."""
    group: Counts | None
    """None where the child's class has no group."""


@dataclass(frozen=True, slots=True)
class InboxView:
    copies: list[Copy]
    children: list[ChildLine]


@router.get("/messages")
def show_inbox(request: Request, visitor: SignedIn) -> Response:
    user_id = visitor.actor.user_id
    with service(request).database.reading() as session:
        children = [_line(session, visitor.actor, child) for child in children_of(session, visitor.actor)]
        view = InboxView(notices.copies(session, user_id), children)
    return page(request, "notifications/inbox.html", view)


def _line(session: Session, actor: Actor, child: Pupil) -> ChildLine:
    unread = [one for one in threads.threads_of_child(session, child.id, actor.user_id) if one.unread]
    found = groups.class_of(session, child.id, actor.today)
    counts = groups.counts(session, [found[1]], actor.user_id) if found else {}
    return ChildLine(child, unread, counts.get(found[1]) if found else None)
