"""The day's sheet goes to the kitchen by e-mail, until the mail server has taken it or it is too late to cook."""

import logging
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from cloud.attendance.meals import sheet_queries
from cloud.attendance.meals.sheet import as_text, read_sheet, token_of
from cloud.attendance.meals.sheet_queries import DueSheet
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.i18n import Language, marked, translator
from cloud.kit.outbox import retry_after
from cloud.notifications.transport import Outgoing, Transport, TransportError
from cloud.school.queries import school_names
from cloud.settings import CloudSettings

log = logging.getLogger(__name__)

TOO_LATE_AFTER = timedelta(hours=4)
"""The meal is over by then: a person has called."""
LONGEST_WAIT = timedelta(minutes=2)
CONFIRM = marked("Please confirm that you have it: %(link)s")


def send_sheets(database: Database, mail: Transport, settings: CloudSettings, clock: Clock) -> int:
    """Returns how many were tried. No transaction is open while the mail server is spoken to."""
    with database.writing() as session:
        due = sheet_queries.claim_due(session, clock())
    for one in due:
        _send(database, mail, settings, one, clock)
    return len(due)


def _send(database: Database, mail: Transport, settings: CloudSettings, due: DueSheet, clock: Clock) -> None:
    with database.reading() as session:
        outgoing = _outgoing(session, settings, due)
    try:
        mail.send(outgoing, clock())
    except TransportError as error:
        now = clock()
        again = now + min(retry_after(due.attempts), LONGEST_WAIT)
        last = error.permanent or again > outgoing.happened_at + TOO_LATE_AFTER
        log.warning("meals of school %s: %s; %s", due.school_id, error, "given up" if last else "again later")
        with database.writing() as session:
            sheet_queries.mark_failed(session, due, str(error), None if last else again)
        return
    with database.writing() as session:
        sheet_queries.mark_sent(session, due, clock())


def _outgoing(session: Session, settings: CloudSettings, due: DueSheet) -> Outgoing:
    sheet = read_sheet(session, due.school_id, due.day)
    assert sheet, "a sheet that is due is locked"
    name, slug = school_names(session, due.school_id)
    subject, body = as_text(sheet, Language.VI)
    if token := token_of(settings.secret_key, due.school_id, due.day):
        link = f"{settings.public_url}/kitchen/{slug}/{due.day}/{token}"
        body += "\n\n" + translator(Language.VI).gettext(CONFIRM) % {"link": link}
    return Outgoing(
        id=message_id(due, len(sheet.supplements)),
        subject=f"{name}: {subject}",
        body=body,
        locale=Language.VI,
        happened_at=sheet.changed_at,
        path="/",
        email=due.email,
    )


def message_id(due: DueSheet, supplements: int) -> UUID:
    """The same when it is tried again, so that a mail server can drop a double; another once something was added."""
    added = f" +{supplements}" if supplements else ""
    return uuid5(NAMESPACE_URL, f"{due.school_id} {due.day.isoformat()} {due.email}{added}")
