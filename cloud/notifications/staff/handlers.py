"""By topic: what an event becomes for members of staff. What was settled meanwhile is told to nobody."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.accounts.holder_queries import holders_of
from cloud.attendance.leave import events as leave_events
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LeaveAsked
from cloud.attendance.leave.facts import ClaimState
from cloud.kit.clock import Clock, school_day
from cloud.kit.outbox import Handler, each
from cloud.notifications.occasions import span_words
from cloud.notifications.posts import events as post_events
from cloud.notifications.posts import queries as posts
from cloud.notifications.posts.events import PostWaits
from cloud.notifications.posts.rules import State
from cloud.notifications.posts.writing import may_decide
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff.readers import deciding_on_leave
from cloud.notifications.staff.texts import LEAVE_ASKED, POST_WAITS, language_of, staff_text
from cloud.notifications.telling import Occasion, StaffTelling, tell_staff
from cloud.notifications.transport import Channel
from cloud.people.queries import names_and_classes
from cloud.school.queries import school_names


def handlers(channels: Collection[Channel], clock: Clock) -> Mapping[str, Handler]:
    @each
    def leave_asked(session: Session, payload: str) -> None:
        now = clock()
        tell_staff(session, _leave_asked(session, LeaveAsked.model_validate_json(payload), now), channels, now)

    @each
    def post_waits(session: Session, payload: str) -> None:
        now = clock()
        tell_staff(session, _post_waits(session, PostWaits.model_validate_json(payload), now), channels, now)

    return {leave_events.LEAVE_ASKED: leave_asked, post_events.POST_WAITS: post_waits}


def _leave_asked(session: Session, event: LeaveAsked, now: datetime) -> list[StaffTelling]:
    request = leave.request(session, event.request_id)
    stretch, asked_at = request.claim.stretch, request.claim.asked_at
    if request.claim.state is not ClaimState.REQUESTED or not is_news(asked_at, now):
        return []
    name, class_name = names_and_classes(session, [request.student_id])[request.student_id]
    _, slug = school_names(session, request.school_id)
    occasion = Occasion(
        LEAVE_ASKED, Urgency.ROUTINE, request.school_id, request.student_id, school_day(asked_at), asked_at,
        about=request.id.hex, about_id=request.id, path=f"/schools/{slug}/leave",
    )  # fmt: skip
    tellings = []
    for reader in deciding_on_leave(session, request.school_id, request.student_id, now):
        if reader.user_id != request.asked_by:
            span = span_words(language_of(reader.locale), stretch.first_day, stretch.last_day)
            text = staff_text(reader.locale, LEAVE_ASKED, name=name, class_name=class_name, span=span)
            tellings.append(StaffTelling(occasion, reader.user_id, text))
    return tellings


def _post_waits(session: Session, event: PostWaits, now: datetime) -> list[StaffTelling]:
    shown = posts.one(session, event.post_id, now=now)
    if shown is None or shown.post.state != State.WAITING or not is_news(shown.post.written_at, now):
        return []
    post = shown.post
    occasion = Occasion(
        POST_WAITS, Urgency.ROUTINE, post.school_id, None, school_day(post.written_at), post.written_at,
        about=post.id.hex, about_id=post.id, path=f"/posts/{post.id}",
    )  # fmt: skip
    return [
        StaffTelling(occasion, one.user_id, staff_text(one.locale, POST_WAITS, title=post.title, author=shown.author))
        for one in holders_of(session, Right.APPROVE_POSTS, post.school_id, now)
        if one.user_id != post.author_id and may_decide(session, one, post)
    ]
