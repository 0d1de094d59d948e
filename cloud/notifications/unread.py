"""How much of what the school's people have written a parent has not read: the figures beside the ways to it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor
from cloud.notifications.groups import queries as groups
from cloud.notifications.notices import queries as notices
from cloud.notifications.posts import queries as posts
from cloud.notifications.threads import queries as threads
from cloud.people.access import children_of

NEWS_FOR = timedelta(days=30)
"""Older posts are not counted: whoever has an account since today has not missed them."""


def unread_letters(session: Session, actor: Actor, now: datetime) -> int:
    """Notices, letters of teachers, and what was written in the groups of the children's classes."""
    children = children_of(session, actor)
    written = sum(threads.unread_of_children(session, [child.id for child in children], actor.user_id))
    found = (groups.class_of(session, child.id, actor.today) for child in children)
    in_groups = groups.counts(session, {one[1] for one in found if one}, actor.user_id)
    return notices.unread(session, actor.user_id) + written + sum(one.unread for one in in_groups.values())


def unread_news(session: Session, actor: Actor, now: datetime) -> int:
    return len(posts.unread(session, actor.user_id, today=actor.today, now=now, since=now - NEWS_FOR))
