"""The worker looks at the fleet each minute: who is in trouble, since when, and of whom somebody is to be told."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.devices.rules import unit_state
from cloud.kit import outbox
from cloud.kit.clock import Clock, school_day
from cloud.kit.db import Database
from cloud.school.calendar.day_plans import plans_on
from cloud.units import trouble_queries
from cloud.units.events import UNITS_IN_TROUBLE, TroubledUnit, UnitsInTrouble
from cloud.units.rules import Condition, is_school_time, troubles_of
from cloud.units.trouble_queries import Key

log = logging.getLogger(__name__)

Known = dict[Key, tuple[datetime, datetime | None]]


def look(database: Database, clock: Clock, *, heartbeat: timedelta, told_after: timedelta) -> int:
    """Two queries where everything is well. 0, since there is nothing more to do at once. Raises Unavailable."""
    with database.reading() as session:
        schools, known = trouble_queries.conditions(session), trouble_queries.known(session)
    for school_id in sorted(schools.keys() | known.keys()):
        units, had, now = schools.get(school_id, []), known.get(school_id, {}), clock()
        if not had and not _found(units, had, now, heartbeat, school_time=True):
            continue
        with database.writing() as session:
            school_time = _is_school_time(session, school_id, now)
            found = _found(units, had, now, heartbeat, school_time=school_time)
            trouble_queries.end(session, had.keys() - found)
            trouble_queries.begin(session, school_id, found - had.keys(), now=now)
            due = {key for key in found & had.keys() if had[key][1] is None and now - had[key][0] >= told_after}
            if school_time and due:
                _tell(session, school_id, units, had, due, now)
    return 0


def _found(units: list[Condition], had: Known, now: datetime, heartbeat: timedelta, *, school_time: bool) -> set[Key]:
    found: set[Key] = set()
    for one in units:
        state = unit_state(heartbeat_at=one.heartbeat_at, will_at=one.will_at, now=now, heartbeat=heartbeat)
        own = {trouble for device_id, trouble in had if device_id == one.device_id}
        found |= {(one.device_id, trouble) for trouble in troubles_of(one, state, own, now, school_time=school_time)}
    return found


def _is_school_time(session: Session, school_id: UUID, now: datetime) -> bool:
    return is_school_time(plans_on(session, school_id, school_day(now)).values(), now)


def _tell(session: Session, school_id: UUID, units: list[Condition], had: Known, due: set[Key], now: datetime) -> None:
    """Of all at once: where a school's network is down, all of its units are."""
    told = trouble_queries.tell_once(session, due, now=now)
    names = {one.device_id: one.name for one in units}
    troubled = tuple(
        TroubledUnit(device_id=device_id, name=names[device_id], trouble=trouble, since=had[device_id, trouble][0])
        for device_id, trouble in sorted(told)
    )
    if troubled:
        outbox.put(session, UNITS_IN_TROUBLE, UnitsInTrouble(school_id=school_id, units=troubled, at=now), now=now)
        log.info("units of school %s: told of %d troubles", school_id, len(troubled))
