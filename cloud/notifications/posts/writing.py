"""Write, correct, decide, withdraw: who may is asked anew each time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.kit import outbox
from cloud.kit.errors import Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.notifications.notices.sending import audiences
from cloud.notifications.posts import pictures, queries
from cloud.notifications.posts.events import POST_CAME_OUT, POST_WAITS, PostCameOut, PostWaits
from cloud.notifications.posts.rules import Draft, State, check_decision, check_withdrawal, checked
from cloud.notifications.posts.tables import Post

NOT_YOURS = "No such post, or not one of yours."
Files = Sequence[tuple[bytes, str]]
"""Each picture with its description."""


def write(
    session: Session,
    actor: Actor,
    school_id: UUID,
    key: str,
    draft: Draft,
    files: Files,
    secret: SecretStr | None,
    now: datetime,
) -> UUID:
    """Returns the post's id. Raises Invalid, TooLarge, or NotFound for an audience that is not the actor's."""
    audience = next((one for one in audiences(session, actor, school_id) if one.key == key), None)
    if audience is None:
        raise NotFound("No such class or grade, or not one that you may write to.")
    return _put(session, actor, school_id, audience.key, audience.name, draft, files, secret, None, now)


def correct(
    session: Session, actor: Actor, earlier: Post, draft: Draft, files: Files, secret: SecretStr | None, now: datetime
) -> UUID:
    """For the same audience; it waits for approval as any other. Raises Invalid, TooLarge or Conflict."""
    if earlier.state != State.APPROVED:
        raise Conflict(marked("Only what was approved can be corrected."))
    where = earlier.school_id, earlier.audience, earlier.audience_name
    return _put(session, actor, *where, draft, files, secret, earlier.id, now)


def decide(session: Session, actor: Actor, post: Post, after: State, reason: str, now: datetime) -> None:
    """`post` came from `own`. Raises NotFound for who may not approve for its audience, Forbidden for its author,
    Conflict or Invalid."""
    if post.author_id != actor.user_id and not may_decide(session, actor, post):
        raise NotFound(NOT_YOURS)
    reason = check_decision(post.author_id, State(post.state), after, actor.user_id, reason)
    publish_at = max(post.publish_at, now) if after is State.APPROVED else post.publish_at
    facts = {"decided_by": actor.user_id, "decided_at": now, "reason": reason, "publish_at": publish_at}
    if not queries.move(session, post, after, **facts):
        raise Conflict(marked("This post has been decided on already."))
    if after is State.APPROVED:
        outbox.put(session, POST_CAME_OUT, PostCameOut(post_id=post.id), now=publish_at)
    audit.note(session, post.school_id, actor.user_id, f"post.{after}", post.id, now=now)


def withdraw(session: Session, actor: Actor, post: Post, reason: str, now: datetime) -> None:
    """By its author, or by whoever may decide. Raises Conflict or Invalid."""
    reason = check_withdrawal(State(post.state), reason)
    if not queries.move(session, post, State.WITHDRAWN, withdrawn_at=now, reason=reason):
        raise Conflict(marked("Somebody else has just changed this post: read it again."))
    audit.note(session, post.school_id, actor.user_id, "post.withdrawn", post.id, now=now)


def own(session: Session, actor: Actor, post_id: UUID) -> Post:
    """One that the actor wrote, or may decide on. Raises NotFound."""
    post = queries.post(session, post_id)
    if post is None or post.school_id not in actor.schools:
        raise NotFound(NOT_YOURS)
    if post.author_id != actor.user_id and not may_decide(session, actor, post):
        raise NotFound(NOT_YOURS)
    return post


def waiting_for(session: Session, actor: Actor, school_id: UUID, now: datetime) -> int:
    """How many posts the actor is to decide on."""
    if not actor.holds(Right.APPROVE_POSTS, school_id):
        return 0
    whole = school_id in actor.schools_where(Right.APPROVE_POSTS)
    keys = None if whole else [one.key for one in audiences(session, actor, school_id, Right.APPROVE_POSTS)]
    return queries.waiting(session, school_id, actor.user_id, keys)


def may_decide(session: Session, actor: Actor, post: Post) -> bool:
    """Whether the actor approves for its audience; that they are not its author is a rule of its own."""
    return post.audience in {one.key for one in audiences(session, actor, post.school_id, Right.APPROVE_POSTS)}


def _put(
    session: Session,
    actor: Actor,
    school_id: UUID,
    key: str,
    name: str,
    draft: Draft,
    files: Files,
    secret: SecretStr | None,
    corrects_id: UUID | None,
    now: datetime,
) -> UUID:
    ready, described = checked(draft, now), pictures.checked(files)
    post = Post(
        id=new_id(),
        school_id=school_id,
        audience=key,
        audience_name=name,
        author_id=actor.user_id,
        title=ready.title,
        body=ready.body,
        written_at=now,
        publish_at=ready.publish_at,
        state=State.WAITING,
        reason="",
        corrects_id=corrects_id,
    )
    queries.add(session, post)
    pictures.keep(session, secret, post.id, described)
    outbox.put(session, POST_WAITS, PostWaits(post_id=post.id), now=now)
    audit.note(session, school_id, actor.user_id, "post.written", post.id, {"audience": key}, now=now)
    return post.id
