"""What the health desk does: write an entry, strike one out. Each in one transaction, and in the log of changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor, Right
from cloud.attendance.health import queries
from cloud.attendance.health.events import HEALTH_NOTED, HealthNoted
from cloud.attendance.health.rules import Kind, check_entry
from cloud.attendance.health.tables import HealthEntry
from cloud.kit import outbox
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, NotFound
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people.access import Pupil, student_for


def write(
    session: Session,
    actor: Actor,
    student_id: UUID,
    kind: Kind,
    temperature_c: float | None,
    note: str,
    *,
    tell_family: bool,
    now: datetime,
) -> Pupil:
    """Raises NotFound, Forbidden or Invalid. The log of changes says that something was written, and not what."""
    pupil = student_for(session, actor, student_id, Right.KEEP_HEALTH)
    check_entry(kind, temperature_c, note)
    day = school_day(now)
    row = HealthEntry(
        id=new_id(),
        school_id=pupil.school_id,
        student_id=pupil.id,
        day=day,
        at=now,
        kind=kind,
        temperature_c=temperature_c,
        note=note.strip(),
        tells_family=tell_family,
        by=actor.user_id,
    )
    queries.add(session, row)
    if tell_family:
        event = HealthNoted(school_id=pupil.school_id, student_id=pupil.id, day=day, at=now)
        outbox.put(session, HEALTH_NOTED, event, now=now)
    audit.note(session, pupil.school_id, actor.user_id, "health.written", pupil.id, now=now)
    return pupil


def strike(session: Session, actor: Actor, entry_id: UUID, now: datetime) -> Pupil:
    """Raises NotFound, Forbidden, or Conflict for what was struck out before."""
    found = queries.entry(session, entry_id)
    if found is None:
        raise NotFound("No such pupil, or not one that you may see.")
    pupil = student_for(session, actor, found.student_id, Right.KEEP_HEALTH)
    if not queries.strike(session, entry_id, actor.user_id, now):
        raise Conflict(marked("This entry was struck out already."))
    audit.note(session, pupil.school_id, actor.user_id, "health.struck_out", pupil.id, now=now)
    return pupil
