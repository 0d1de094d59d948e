"""What a post is, and who takes which step with it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloud.kit.clock import SCHOOL_TIME
from cloud.kit.errors import Conflict, Forbidden, Invalid
from cloud.kit.i18n import marked

MOST_TITLE, MOST_BODY, MOST_ALT, MOST_REASON = 120, 6000, 300, 300
MOST_PICTURES = 3
MAX_PICTURE_BYTES = 3 * 1024 * 1024
FARTHEST = timedelta(days=180)
"""How far ahead a post may be planned."""


class State(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STATES = {
    State.WAITING: marked("waits for approval"),
    State.APPROVED: marked("approved"),
    State.REJECTED: marked("not approved"),
    State.WITHDRAWN: marked("taken down"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    title: str
    body: str
    publish_at: str = ""
    """As a form has it, where the school stands; empty: as soon as it is approved."""


@dataclass(frozen=True, slots=True)
class Checked:
    title: str
    body: str
    publish_at: datetime


def checked(draft: Draft, now: datetime) -> Checked:
    """Raises Invalid."""
    title, body = draft.title.strip(), draft.body.strip()
    if not title or not body:
        raise Invalid(marked("A post needs a title and a text."))
    if len(title) > MOST_TITLE or len(body) > MOST_BODY:
        raise Invalid(marked("Too long: a title has at most 120 letters, a text 6000."))
    try:
        wished = datetime.fromisoformat(draft.publish_at).replace(tzinfo=SCHOOL_TIME) if draft.publish_at else now
    except ValueError as error:
        raise Invalid(marked("Write the day and time as 2026-11-20 07:30.")) from error
    if wished > now + FARTHEST:
        raise Invalid(marked("This is too far ahead: plan at most half a year."))
    return Checked(title, body, max(wished, now))


def check_decision(author_id: UUID, before: State, after: State, by: UUID, reason: str) -> str:
    """The reason, without blanks around. Raises Forbidden, Conflict or Invalid."""
    if by == author_id:
        raise Forbidden(marked("Whoever wrote a post does not decide on it: ask a colleague."))
    if before is not State.WAITING or after not in (State.APPROVED, State.REJECTED):
        raise Conflict(marked("This post has been decided on already."))
    return checked_reason(reason) if after is State.REJECTED else ""


def check_withdrawal(before: State, reason: str) -> str:
    """The same of one that was approved."""
    if before is not State.APPROVED:
        raise Conflict(marked("Only what was approved can be withdrawn."))
    return checked_reason(reason)


def checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(marked("Please say why."))
    if len(reason) > MOST_REASON:
        raise Invalid(marked("Too long: a reason has at most 300 letters."))
    return reason
