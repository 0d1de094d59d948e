"""A notice is written once and told to each of its guardians."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import NotFound
from cloud.kit.ids import new_id
from cloud.notifications.notices import queries
from cloud.notifications.notices.events import NOTICE_SENT, NoticeSent
from cloud.notifications.notices.rules import Audience, Draft, check_reminder, checked
from cloud.notifications.notices.tables import Notice, NoticeReminder
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.telling import Occasion, Telling, tell
from cloud.notifications.texts import NOTICE, Text, notice_text
from cloud.notifications.transport import Channel
from cloud.people.access import classes_for
from cloud.people.queries import contacts_among

IN_AN_EVENT = 50
"""Guardians told in one transaction of the worker's."""


def audiences(session: Session, actor: Actor, school_id: UUID, right: Right = Right.WRITE_MESSAGES) -> list[Audience]:
    """To whom the actor may write: the school, then grades, then classes; or for whom they hold another right."""
    own = actor.within(school_id)
    classes = classes_for(session, own, right)
    whole = school_id in own.schools_where(right)
    grades = {grade for _, grade in own.grades_where(right)}
    if whole:
        grades = {one.grade for one in classes}
    found = [Audience("")] if whole else []
    found += [Audience(str(grade), grade=grade) for grade in sorted(grades)]
    return found + [Audience(one.name, class_id=one.id) for one in classes]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A notice that wakes people waits for a second look at whom it would wake."""

    guardians: int


def send(
    session: Session, actor: Actor, school_id: UUID, key: str, draft: Draft, now: datetime, *, sure_of: int = -1
) -> UUID | Unsure:
    """Returns the notice's id; nothing is sent yet of an emergency unless the writer is `sure_of` that
    many guardians.

    Raises Invalid, or NotFound for an audience that is not the actor's to write to.
    """
    draft = checked(draft)
    audience = next((one for one in audiences(session, actor, school_id) if one.key == key), None)
    if audience is None:
        raise NotFound("No such class or grade, or not one that you may write to.")
    to = queries.guardians_in(session, school_id, audience, school_day(now))
    if draft.emergency and sure_of != len(to):
        return Unsure(len(to))
    return _put(session, actor, school_id, audience.key, audience.name, draft, to, None, now)


def correct(session: Session, actor: Actor, earlier: Notice, draft: Draft, now: datetime) -> UUID:
    """To those who got the earlier one, as urgent as that was. `earlier` is the actor's to correct. Raises Invalid."""
    draft = checked(Draft(draft.subject, draft.body, draft.subject_en, draft.body_en, earlier.emergency))
    to = queries.guardians_of(session, earlier.id)
    where = earlier.school_id, earlier.audience, earlier.audience_name
    return _put(session, actor, *where, draft, to, earlier.id, now)


def remind(session: Session, actor: Actor, notice: Notice, *, urgent: bool, now: datetime) -> None:
    """Those who have not acknowledged; `notice` is the actor's. Raises Conflict."""
    to = queries.unacknowledged(session, notice.id)
    last = queries.last_reminder(session, notice.id)
    check_reminder(len(to), last.at if last else None, now)
    number = last.number + 1 if last else 1
    reminder = NoticeReminder(
        notice_id=notice.id, number=number, reminded_by=actor.user_id, at=now, guardians=len(to), urgent=urgent
    )
    queries.add_reminder(session, reminder)
    _tell_all(session, notice.id, to, now, reminder=number, urgent=urgent)
    details = {"guardians": str(len(to)), "urgent": str(urgent).lower()}
    audit.note(session, notice.school_id, actor.user_id, "notice.reminded", notice.id, details, now=now)


def _put(
    session: Session,
    actor: Actor,
    school_id: UUID,
    key: str,
    name: str,
    draft: Draft,
    to: Sequence[tuple[UUID, UUID]],
    corrects_id: UUID | None,
    now: datetime,
) -> UUID:
    notice = Notice(
        id=new_id(),
        school_id=school_id,
        audience=key,
        audience_name=name,
        author_id=actor.user_id,
        subject=draft.subject,
        body=draft.body,
        subject_en=draft.subject_en,
        body_en=draft.body_en,
        emergency=draft.emergency,
        sent_at=now,
        corrects_id=corrects_id,
    )
    session.add(notice)
    session.flush()
    queries.add_receipts(session, notice.id, to)
    _tell_all(session, notice.id, to, now)
    action = "notice.corrected" if corrects_id else "notice.sent"
    audit.note(session, school_id, actor.user_id, action, notice.id, {"audience": key}, now=now)
    return notice.id


def _tell_all(
    session: Session,
    notice_id: UUID,
    to: Sequence[tuple[UUID, UUID]],
    now: datetime,
    *,
    reminder: int = 0,
    urgent: bool = False,
) -> None:
    for start in range(0, len(to), IN_AN_EVENT):
        some = tuple(to[start : start + IN_AN_EVENT])
        event = NoticeSent(notice_id=notice_id, sent_at=now, to=some, reminder=reminder, urgent=urgent)
        outbox.put(session, NOTICE_SENT, event, now=now)


def on_sent(channels: Collection[Channel], clock: Callable[[], datetime]) -> outbox.Handler:
    @outbox.each
    def announce(session: Session, payload: str) -> None:
        event, now = NoticeSent.model_validate_json(payload), clock()
        notice = queries.notice(session, event.notice_id)
        if notice is None or not is_news(event.sent_at, now):
            return
        urgency = Urgency.EMERGENCY if notice.emergency or event.urgent else Urgency.ROUTINE
        still = set(queries.unacknowledged(session, notice.id)) if event.reminder else set(event.to)
        tellings = []
        for child_id, contact in contacts_among(session, [one for one in event.to if one in still]):
            occasion = Occasion(
                NOTICE,
                urgency,
                notice.school_id,
                child_id,
                school_day(event.sent_at),
                event.sent_at,
                about=f"{notice.id.hex}{event.reminder or ''}",
                about_id=notice.id,
                path=f"/messages/{notice.id}",
            )
            tellings.append(Telling(occasion, contact, _text(notice, contact.locale, event.reminder)))
        tell(session, tellings, channels, now)

    return announce


def _text(notice: Notice, locale: str | None, reminder: int) -> Text:
    english = locale == "en" and bool(notice.subject_en)
    return notice_text(
        "en" if english else "vi",
        notice.subject_en if english else notice.subject,
        notice.body_en if english else notice.body,
        emergency=notice.emergency,
        corrects=notice.corrects_id is not None,
        reminder=reminder > 0,
    )
