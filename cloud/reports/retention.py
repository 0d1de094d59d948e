"""What is kept for how long: the one table, which the worker obeys, administrators read and the assessment prints."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cloud.accounts.device_queries import forget_expired as forget_devices
from cloud.accounts.history_queries import forget as forget_changes
from cloud.accounts.queries import forget_sessions
from cloud.accounts.rules import DEVICE_LIFETIME
from cloud.attendance.health.alarm_queries import forget_alarms
from cloud.attendance.queries.retention import forget_set_aside, forget_sightings, thin_out_strangers
from cloud.biometrics.guards import ACCESSES_KEPT_YEARS
from cloud.biometrics.photos import queries as photos
from cloud.biometrics.photos.rules import KEPT as PHOTOS_KEPT
from cloud.biometrics.queries.access_log import empty_scans, forget_accesses
from cloud.kit import outbox
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.kit.i18n import marked
from cloud.notifications.groups import queries as groups
from cloud.notifications.posts import queries as posts
from cloud.notifications.queries import forget_messages
from cloud.notifications.threads import queries as threads
from cloud.people.exchange.draft_queries import forget as forget_imports
from cloud.people.exchange.drafts import KEPT as IMPORTS_KEPT

SIGHTINGS_KEPT = timedelta(days=6 * 365 + 2)
"""Longer than any unit keeps an event: what is forgotten does not come again as something new."""

Job = Callable[[Session, datetime, datetime], object]
"""Takes the transaction, the moment before which things go, and now."""


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    what: str
    """Marked for translation, as `then` is."""
    kept: timedelta | None
    """None: there is no time that runs; `then` says what ends it."""
    then: str
    job: Job | None
    """None: something else sees to it at once, as `then` says, or there is nothing to do."""


RULES = (
    Rule("templates", marked("Face templates"), None,
         marked("erased at once when consent is withdrawn or the pupil leaves, and on each unit in its own words"),
         None),
    Rule("scores", marked("How near faces still come to their templates"), None,
         marked("two numbers, judged anew every day, deleted with the templates"), None),
    Rule("family_photos", marked("Photos from families"), PHOTOS_KEPT,
         marked("deleted as soon as they are decided on, at the latest then"),
         lambda session, before, now: photos.expire(session, sent_before=before, now=now)),
    Rule("scans", marked("Scanned consent forms, after the pupil has left"), timedelta(days=365 * 5 + 2),
         marked("the picture is deleted, its fingerprint stays"),
         lambda session, before, now: empty_scans(session, before)),
    Rule("consent", marked("Answers to the question of consent"), None, marked("kept as proof, never changed"), None),
    Rule("accesses", marked("Log of who opened templates"), timedelta(days=365 * ACCESSES_KEPT_YEARS + 2),
         marked("deleted"), lambda session, before, now: forget_accesses(session, before)),
    Rule("set_aside", marked("Reports of units that could not be used"), timedelta(days=180), marked("deleted"),
         lambda session, before, now: forget_set_aside(session, before)),
    Rule("strangers", marked("Sightings of unknown people"), timedelta(days=90),
         marked("only that there was one is left: no candidates, no temperature"),
         lambda session, before, now: thin_out_strangers(session, before)),
    Rule("threads", marked("What families and teachers wrote to each other"), timedelta(days=365 * 2 + 1),
         marked("deleted, with the files that came with it"),
         lambda session, before, now: threads.forget(session, before)),
    Rule("groups", marked("What was written in class groups"), timedelta(days=365 + 1),
         marked("deleted"), lambda session, before, now: groups.forget(session, before)),
    Rule("posts", marked("News with its pictures"), timedelta(days=365 * 3 + 1),
         marked("deleted"), lambda session, before, now: posts.forget(session, before)),
    Rule("messages", marked("What guardians were told, and by which way"), timedelta(days=365 * 2 + 1),
         marked("deleted"), lambda session, before, now: forget_messages(session, before)),
    Rule("sightings", marked("Sightings of pupils and staff"), SIGHTINGS_KEPT,
         marked("deleted; the days and the register that follow from them stay"),
         lambda session, before, now: forget_sightings(session, before)),
    Rule("fever_alarms", marked("That the health staff were told of a pupil who was too warm"), timedelta(days=7),
         marked("deleted"), lambda session, before, now: forget_alarms(session, before)),
    Rule("sessions", marked("Log-in sessions, after they have ended"), timedelta(days=30), marked("deleted"),
         lambda session, before, now: forget_sessions(session, before)),
    Rule("devices", marked("Which browsers somebody has logged in with, after the last time"), DEVICE_LIFETIME,
         marked("deleted"), lambda session, before, now: forget_devices(session, now)),
    Rule("log_in_changes", marked("Changes of how somebody logs in"), timedelta(days=365), marked("deleted"),
         lambda session, before, now: forget_changes(session, before)),
    Rule("imports", marked("Files handed in for an import"), IMPORTS_KEPT, marked("deleted; sealed until then"),
         lambda session, before, now: forget_imports(session, before)),
    Rule("outbox", marked("What was passed on inside the service"), outbox.KEPT,
         marked("deleted, by a loop of its own"), None),
    Rule("pictures", marked("Pictures from the gate"), timedelta(0),
         marked("never sent to the service: a unit reports who, not how they looked"), None),
)  # fmt: skip


def obey(database: Database, clock: Clock) -> int:
    """Every rule in a transaction of its own; 0, since there is nothing more to do at once."""
    now = clock()
    for rule in RULES:
        if rule.job is not None and rule.kept is not None:
            with database.writing() as session:
                rule.job(session, now - rule.kept, now)
    return 0
