"""By topic: what an event becomes for members of staff. What was settled meanwhile is told to nobody."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cloud.accounts.access import Right
from cloud.accounts.holder_queries import holders_of
from cloud.attendance.health.events import FEVER_SEEN, FeverSeen
from cloud.attendance.leave import queries as leave
from cloud.attendance.leave.events import LEAVE_ASKED as LEAVE_ASKED_TOPIC
from cloud.attendance.leave.events import LEAVE_NOTED as LEAVE_NOTED_TOPIC
from cloud.attendance.leave.events import LeaveAsked, LeaveNoted
from cloud.attendance.leave.facts import ClaimState
from cloud.attendance.roll_report.events import CLASSES_REPORTED, SCHOOL_REPORTED
from cloud.attendance.timesheets.events import CORRECTION_ASKED, CORRECTION_DECIDED
from cloud.kit.clock import Clock, school_day, school_time
from cloud.kit.outbox import Handler, each
from cloud.notifications.occasions import span_words
from cloud.notifications.posts import queries as posts
from cloud.notifications.posts.events import POST_WAITS as POST_WAITS_TOPIC
from cloud.notifications.posts.events import PostWaits
from cloud.notifications.posts.rules import State
from cloud.notifications.posts.writing import may_decide
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.staff.fleet import units_in_trouble
from cloud.notifications.staff.readers import alarmed_of_fever, awaiting_pupil, deciding_on_leave
from cloud.notifications.staff.roll import class_figures, school_rates
from cloud.notifications.staff.sheets import correction_asked, correction_decided
from cloud.notifications.staff.texts import FEVER, LEAVE_ASKED, LEAVE_NOTED, POST_WAITS, language_of, staff_text
from cloud.notifications.telling import Occasion, StaffTelling, tell_staff
from cloud.notifications.transport import Channel
from cloud.people.queries import names_and_classes
from cloud.school.queries import school_names
from cloud.units.events import UNITS_IN_TROUBLE

Make = Callable[[Session, str, datetime], list[StaffTelling]]
"""What an event's payload is to members of staff."""


def handlers(channels: Collection[Channel], clock: Clock) -> Mapping[str, Handler]:
    def handler(make: Make) -> Handler:
        @each
        def announce(session: Session, payload: str) -> None:
            now = clock()
            tell_staff(session, make(session, payload, now), channels, now)

        return announce

    return {topic: handler(make) for topic, make in MAKES.items()}


def _fever(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """Also in quiet hours: it is school time, and a child is ill. Neither who nor how warm is on a locked screen."""
    event = FeverSeen.model_validate_json(payload)
    if not is_news(event.seen_at, now):
        return []
    _, slug = school_names(session, event.school_id)
    occasion = Occasion(
        FEVER, Urgency.URGENT, event.school_id, None, school_day(event.seen_at), event.seen_at,
        about=f"{event.student_id.hex}{event.half}", path=f"/schools/{slug}/health",
    )  # fmt: skip
    time = f"{school_time(event.seen_at):%H:%M}"
    return [
        StaffTelling(occasion, one.user_id, staff_text(one.locale, FEVER, time=time))
        for one in alarmed_of_fever(session, event.school_id, now)
    ]


def _leave_asked(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    request = leave.request(session, LeaveAsked.model_validate_json(payload).request_id)
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


def _leave_noted(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    """Never to who wrote it down."""
    event = LeaveNoted.model_validate_json(payload)
    note = leave.request(session, event.request_id)
    if note.claim.state is not ClaimState.APPROVED or not is_news(event.noted_at, now):
        return []
    name, class_name = names_and_classes(session, [note.student_id])[note.student_id]
    _, slug = school_names(session, note.school_id)
    writer = leave.writers(session, [note.id]).get(note.id, "")
    occasion = Occasion(
        LEAVE_NOTED, Urgency.ROUTINE, note.school_id, note.student_id, school_day(event.noted_at), event.noted_at,
        about=note.id.hex, about_id=note.id, path=f"/schools/{slug}/leave",
    )  # fmt: skip
    stretch = note.claim.stretch
    tellings = []
    for reader in awaiting_pupil(session, note.school_id, note.student_id, now):
        if reader.user_id != note.asked_by:
            span = span_words(language_of(reader.locale), stretch.first_day, stretch.last_day)
            text = staff_text(reader.locale, LEAVE_NOTED, name=name, class_name=class_name, span=span, writer=writer)
            tellings.append(StaffTelling(occasion, reader.user_id, text))
    return tellings


def _post_waits(session: Session, payload: str, now: datetime) -> list[StaffTelling]:
    shown = posts.one(session, PostWaits.model_validate_json(payload).post_id, now=now)
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


MAKES: Mapping[str, Make] = {
    FEVER_SEEN: _fever,
    LEAVE_ASKED_TOPIC: _leave_asked,
    LEAVE_NOTED_TOPIC: _leave_noted,
    POST_WAITS_TOPIC: _post_waits,
    CORRECTION_ASKED: correction_asked,
    CORRECTION_DECIDED: correction_decided,
    CLASSES_REPORTED: class_figures,
    SCHOOL_REPORTED: school_rates,
    UNITS_IN_TROUBLE: units_in_trouble,
}
