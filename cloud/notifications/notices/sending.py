"""A notice is written once and told to each of its guardians."""

from collections.abc import Callable, Collection, Sequence
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
from cloud.notifications.notices.rules import Audience, Draft, checked
from cloud.notifications.notices.tables import Notice
from cloud.notifications.preferences import Urgency
from cloud.notifications.rules import is_news
from cloud.notifications.telling import Occasion, tell
from cloud.notifications.texts import NOTICE, Text, notice_text
from cloud.notifications.transport import Channel
from cloud.people.access import classes_for
from cloud.people.queries import contacts_of

IN_AN_EVENT = 50
"""Guardians told in one transaction of the worker's."""


def audiences(session: Session, actor: Actor, school_id: UUID) -> list[Audience]:
    """To whom the actor may write: the school, then grades, then classes."""
    own = actor.within(school_id)
    classes = classes_for(session, own, Right.WRITE_MESSAGES)
    whole = school_id in own.schools_where(Right.WRITE_MESSAGES)
    grades = {grade for _, grade in own.grades_where(Right.WRITE_MESSAGES)}
    if whole:
        grades = {one.grade for one in classes}
    found = [Audience("")] if whole else []
    found += [Audience(str(grade), grade=grade) for grade in sorted(grades)]
    return found + [Audience(one.name, class_id=one.id) for one in classes]


def send(session: Session, actor: Actor, school_id: UUID, key: str, draft: Draft, now: datetime) -> UUID:
    """Returns the notice's id. Raises Invalid, or NotFound for an audience that is not the actor's to write to."""
    draft = checked(draft)
    audience = next((one for one in audiences(session, actor, school_id) if one.key == key), None)
    if audience is None:
        raise NotFound("No such class or grade, or not one that you may write to.")
    to = queries.guardians_in(session, school_id, audience, school_day(now))
    return _put(session, actor, school_id, audience.key, audience.name, draft, to, None, now)


def correct(session: Session, actor: Actor, earlier: Notice, draft: Draft, now: datetime) -> UUID:
    """To those who got the earlier one, as urgent as that was. `earlier` is the actor's to correct. Raises Invalid."""
    draft = checked(Draft(draft.subject, draft.body, draft.subject_en, draft.body_en, earlier.emergency))
    to = queries.guardians_of(session, earlier.id)
    where = earlier.school_id, earlier.audience, earlier.audience_name
    return _put(session, actor, *where, draft, to, earlier.id, now)


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
    for start in range(0, len(to), IN_AN_EVENT):
        event = NoticeSent(notice_id=notice.id, sent_at=now, to=tuple(to[start : start + IN_AN_EVENT]))
        outbox.put(session, NOTICE_SENT, event, now=now)
    action = "notice.corrected" if corrects_id else "notice.sent"
    audit.note(session, school_id, actor.user_id, action, notice.id, {"audience": key}, now=now)
    return notice.id


def on_sent(channels: Collection[Channel], clock: Callable[[], datetime]) -> outbox.Handler:
    def announce(session: Session, payload: str) -> None:
        event, now = NoticeSent.model_validate_json(payload), clock()
        notice = queries.notice(session, event.notice_id)
        if notice is None or not is_news(event.sent_at, now):
            return
        urgency = Urgency.EMERGENCY if notice.emergency else Urgency.ROUTINE
        for guardian_id, child_id in event.to:
            occasion = Occasion(
                NOTICE,
                urgency,
                notice.school_id,
                child_id,
                school_day(event.sent_at),
                event.sent_at,
                about=notice.id.hex,
                about_id=notice.id,
                path=f"/messages/{notice.id}",
            )
            for contact in contacts_of(session, child_id):
                if contact.guardian_id == guardian_id:
                    tell(session, occasion, contact, _text(notice, contact.locale), channels, now)

    return announce


def _text(notice: Notice, locale: str | None) -> Text:
    english = locale == "en" and bool(notice.subject_en)
    return notice_text(
        "en" if english else "vi",
        notice.subject_en if english else notice.subject,
        notice.body_en if english else notice.body,
        emergency=notice.emergency,
        corrects=notice.corrects_id is not None,
    )
