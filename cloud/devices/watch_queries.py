"""When each unit was watching: what makes "nobody saw the pupil" say something. Written by every heartbeat."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.devices.tables import UnitWatch
from edge.contract import CameraState, Heartbeat

MAY_BE_AWAY = timedelta(minutes=3)
"""So long a unit may say nothing and is still believed to have watched: a few heartbeats were lost."""
KEPT_FOR = timedelta(days=400)
"""As long as the register of a school year may be computed anew."""


def is_watching(beat: Heartbeat) -> bool:
    """Whether a sighting would have come of whoever passed. A unit without a camera reads cards; where its recogniser
    does not run, it says neither that it has a camera nor how it tells pictures from people. A wrong clock takes
    nothing away: what was seen by it waits, as a doubt about whom it saw, and times of watching are the service's."""
    return beat.camera is CameraState.OK or (beat.camera is CameraState.NONE and beat.liveness is not None)


def note_beat(session: Session, beat: Heartbeat, *, now: datetime) -> None:
    """The unit is registered, and its row is held by this transaction. A beat that was overtaken changes nothing.

    A unit that was not heard of for longer and goes on with the same session ran all the while: only the network was
    gone, and what it saw is in its outbox. With another session it may have been off.
    """
    of_unit = UnitWatch.device_id == beat.device
    last = session.scalars(select(UnitWatch).where(of_unit).order_by(UnitWatch.until.desc()).limit(1)).first()
    if last and now < last.until:
        return
    if not is_watching(beat):
        if last:
            last.ended = True
        return
    if last and not last.ended and (now - last.until <= MAY_BE_AWAY or last.session == beat.session):
        last.until, last.session = now, beat.session
        return
    session.execute(delete(UnitWatch).where(of_unit, UnitWatch.until < now - KEPT_FOR))
    session.add(UnitWatch(device_id=beat.device, session=beat.session, since=now, until=now, ended=False))
    session.flush()
