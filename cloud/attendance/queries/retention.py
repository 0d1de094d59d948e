"""What is old enough to go."""

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from cloud.attendance.queries import months
from cloud.attendance.tables import Observation, SetAside


def forget_set_aside(session: Session, before: datetime) -> None:
    session.execute(delete(SetAside).where(SetAside.last_received_at < before))


def forget_sightings(session: Session, before: datetime) -> None:
    """On PostgreSQL whole months at once. No unit keeps an event for so long: none of them comes again as a new one."""
    months.drop_before(session, before)
    old = Observation.filed_at < before, Observation.received_at < before
    session.execute(delete(Observation).where(*old).execution_options(synchronize_session=False))


def thin_out_strangers(session: Session, before: datetime) -> None:
    """Of a sighting that named nobody stays that there was one: (device, seq) is its key for ever, so that nothing
    old is taken for new. Whom it may have been, and how warm they were, goes."""
    session.execute(
        update(Observation)
        .where(Observation.student_id.is_(None), Observation.received_at < before)
        .where(
            or_(
                Observation.temperature_c.is_not(None),
                Observation.quality.is_not(None),
                Observation.distance.is_not(None),
                Observation.margin.is_not(None),
            )
        )
        .values(candidates=[], temperature_c=None, distance=None, margin=None, threshold=None, quality=None)
        .execution_options(synchronize_session=False)
    )
