"""What the worker does for registers and meals, school by school, each in its own transaction."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cloud.attendance import scores
from cloud.attendance.meals import counting
from cloud.attendance.meals.events import MEAL_EXCUSE_REVOKED, MEAL_EXCUSED, MEALS_LOCKED, MEALS_SUPPLEMENTED
from cloud.attendance.queries import months
from cloud.attendance.register import check_queries, checking, keeping, round_queries, warnings
from cloud.attendance.release import departures
from cloud.attendance.roll_report import telling as roll_report
from cloud.kit.clock import Clock, school_day, school_time
from cloud.kit.db import Database
from cloud.kit.errors import Unavailable
from cloud.kit.outbox import Handler

log = logging.getLogger(__name__)

KEEP_UP_EVERY = timedelta(minutes=1)
LOOK_EVERY = timedelta(seconds=5)
AT_ONCE = 5
"""So many schools does a worker set out for; one that dies on the way leaves them to the next round."""
CLOSE_AT = time(1, 30)
"""Where the school stands; nobody waits for anything then."""
CATCH_UP_DAYS = 7
"""So far back are days closed after a service that was off."""
HEARD_BY_NOBODY: Mapping[str, Handler] = dict.fromkeys(
    (MEALS_LOCKED, MEALS_SUPPLEMENTED, MEAL_EXCUSED, MEAL_EXCUSE_REVOKED), lambda _session, _payloads: None
)
"""Told to whoever keeps the fees; where nobody does, done with at once. What they say is in the tables of meals."""


class Rounds:
    """The worker's clockwork. Workers share the schools; whatever is done twice changes nothing the second time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._look_at: datetime | None = None
        self._closed: date | None = None
        self._put_off: set[UUID] = set()
        """Schools whose day could not be closed: others are not kept waiting, the next night tries again."""

    def make(self) -> int:
        """Some of what is due; 1 while there is more. Rounds go before the next school's day is closed, and a worker
        that is told to stop has only so much in hand."""
        now = self._clock()
        if self._look_at is None or now >= self._look_at:
            if schools := self._due():
                for school_id in schools:
                    keep_up(self._database, school_id, self._clock)
                return 1
            self._look_at = self._clock() + LOOK_EVERY
        if school_time(now).time() >= CLOSE_AT and self._closed != school_day(now):
            if close_next(self._database, self._clock, self._put_off):
                return 1
            self._closed = school_day(now)
            self._put_off.clear()
        return 0

    def _due(self) -> list[UUID]:
        with self._database.writing() as session:
            now = self._clock()
            return round_queries.take_rounds(session, last_before=now - KEEP_UP_EVERY, now=now, limit=AT_ONCE)


def make_months(database: Database, clock: Clock) -> int:
    """The months to come, before they begin; 0, since there is nothing more to do at once. Raises Unavailable."""
    with database.writing() as session:
        made = months.make_ahead(session, clock())
    if made:
        log.info("months made: %s", ", ".join(made))
    return 0


def keep_up(database: Database, school_id: UUID, clock: Clock) -> None:
    """A school, every minute or so: its register up to date, absences without notice told, portions locked when it is
    time, staff told of the roll."""
    try:
        changed = refresh(database, school_id, clock())
        with database.writing() as session:
            told = keeping.tell_absences(session, school_id, clock())
            counting.lock_when_due(session, school_id, clock())
            departures.tell(session, school_id, clock())
            roll_report.tell(session, school_id, clock())
    except DBAPIError as error:
        log.warning("register of school %s put off: %s", school_id, type(error).__name__)
        return
    if changed or told:
        log.info("register of school %s: %d half-days changed, %d absences told", school_id, changed, told)


def refresh(database: Database, school_id: UUID, now: datetime) -> int:
    """Bring one school's register up to date, with all that has come in since the last time; returns what changed."""
    with database.reading() as session:
        found = keeping.stale(session, school_id, now)
    changed = 0
    for one in found:
        with database.writing() as session:
            changed += len(keeping.recompute(session, school_id, one.day, one.student_ids, now=now))
    with database.writing() as session:
        round_queries.mark_refreshed(session, school_id, now)
    return changed


def close_next(database: Database, clock: Clock, put_off: set[UUID]) -> bool:
    """Close one school's days up to yesterday; False when no worker has left any. A school that cannot be closed is
    added to `put_off`, which are passed over."""
    school_id = None
    try:
        with database.writing() as session:
            now = clock()
            last = school_day(now) - timedelta(days=1)
            school_id = check_queries.take_unchecked(session, last, but=put_off)
            if school_id is None:
                return False
            for day in check_queries.unchecked_days(session, school_id, last, at_most=CATCH_UP_DAYS):
                close(session, school_id, day, now)
            scores.judge(session, school_id, now)
    except Unavailable:
        raise
    except Exception:
        if school_id is None:
            raise
        log.exception("the day of school %s could not be closed", school_id)
        put_off.add(school_id)
    return True


def close(session: Session, school_id: UUID, day: date, now: datetime) -> int:
    """A day that is over: fill in what is missing, check that what is kept follows from the facts and mend what does
    not, settle excused meals, warn of absences that add up. Doing it again tells nothing twice.

    Returns how many half-days were kept otherwise than they should be; each is on the check's page (`checking.py`).
    """
    found = checking.close(session, school_id, day, now)
    counting.settle(session, school_id, day, now)
    warned = warnings.warn(session, school_id, day, now)
    for one in found:
        log.error("register of school %s: pupil %s, %s is not what follows", school_id, one.student_id, one.half)
    if warned:
        log.info("absences of school %s: %d warnings", school_id, warned)
    return len(found)
