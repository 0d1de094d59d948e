"""When a post comes out, each guardian of its audience hears of it once."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit import outbox
from cloud.kit.clock import Clock, school_day
from cloud.notifications.notices.queries import guardians_in
from cloud.notifications.notices.rules import audience_of
from cloud.notifications.notices.sending import IN_AN_EVENT
from cloud.notifications.posts import queries
from cloud.notifications.posts.events import POST_TO_TELL, PostCameOut, PostToTell
from cloud.notifications.posts.rules import State
from cloud.notifications.posts.tables import Post
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.telling import Occasion, Telling, tell
from cloud.notifications.texts import NEWS, news_text
from cloud.notifications.transport import Channel
from cloud.people.queries import contacts_among


def on_came_out(clock: Clock) -> outbox.Handler:
    @outbox.each
    def announce(session: Session, payload: str) -> None:
        post, now = _out(session, PostCameOut.model_validate_json(payload).post_id), clock()
        if post is None:
            return
        to = guardians_in(session, post.school_id, audience_of(post.audience, post.audience_name), school_day(now))
        for start in range(0, len(to), IN_AN_EVENT):
            event = PostToTell(post_id=post.id, to=tuple(to[start : start + IN_AN_EVENT]))
            outbox.put(session, POST_TO_TELL, event, now=now)

    return announce


def on_to_tell(channels: Collection[Channel], clock: Clock) -> outbox.Handler:
    @outbox.each
    def announce(session: Session, payload: str) -> None:
        event, now = PostToTell.model_validate_json(payload), clock()
        post = _out(session, event.post_id)
        if post is None or not is_news(post.publish_at, now):
            return
        tellings = []
        for child_id, contact in contacts_among(session, event.to):
            occasion = Occasion(
                NEWS, Urgency.ROUTINE, post.school_id, child_id, school_day(post.publish_at), post.publish_at,
                about=post.id.hex, about_id=post.id, path=f"/news/{post.id}",
            )  # fmt: skip
            text = news_text(contact.locale, post.title, corrects=post.corrects_id is not None)
            tellings.append(Telling(occasion, contact, text))
        tell(session, tellings, channels, now)

    return announce


def _out(session: Session, post_id: UUID) -> Post | None:
    """Unless it was withdrawn meanwhile."""
    post = queries.post(session, post_id)
    return post if post is not None and post.state == State.APPROVED else None
