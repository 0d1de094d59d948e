"""From batches of sightings to committed rows, days and events: many batches in one transaction.

Whatever arrives: what is good is stored, what is bad is kept aside, and nothing is acknowledged before the commit.
Two ways lead here, MQTT and HTTPS.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import DataError, DBAPIError, StatementError
from sqlalchemy.orm import Session

from cloud.attendance import days
from cloud.attendance.health.alarms import raise_alarms
from cloud.attendance.queries import observations, set_aside
from cloud.attendance.queries.observations import Content, Incoming, Key
from cloud.attendance.queries.set_aside import Kind, Problem
from cloud.attendance.reading import Delivery, Reading, read
from cloud.attendance.rules import is_believable
from cloud.devices.queries import schools_of_devices
from cloud.kit.clock import Clock
from cloud.kit.db import Database
from cloud.people.queries import schools_of_students, student_id_of
from cloud.settings import FEVER_C
from edge.contract import Ack, SetAside, Sighting

log = logging.getLogger(__name__)

Answer = Ack | Problem
"""What to tell the unit, or why it is told nothing and keeps its events."""


@dataclass(frozen=True, slots=True)
class Limits:
    window: timedelta
    """The same person seen again within this time is the same passage."""
    fever_c: float
    """From here on a pupil's temperature is an alarm."""


def ingest(
    database: Database,
    deliveries: Sequence[Delivery],
    *,
    clock: Clock,
    window: timedelta,
    fever_c: float = FEVER_C,
) -> list[Answer]:
    """An answer for each delivery, after the commit.

    Raises Unavailable while the database is away: nothing was acknowledged, the same again later is safe.
    """
    return _commit(database, [read(delivery) for delivery in deliveries], clock(), Limits(window, fever_c))


def _commit(database: Database, readings: Sequence[Reading], now: datetime, limits: Limits) -> list[Answer]:
    """All at once. If the database cannot hold something among it, halve until that stands alone."""
    try:
        with database.writing() as session:
            return _write(session, readings, now, limits)
    except (StatementError, ValueError, OverflowError) as error:
        # NUL in a text, a lone surrogate or a number too large; any other DBAPIError is a fault of ours.
        if isinstance(error, DBAPIError) and not isinstance(error, DataError):
            raise
        if len(readings) > 1:
            middle = len(readings) // 2
            halves = readings[:middle], readings[middle:]
            return [answer for half in halves for answer in _commit(database, half, now, limits)]
        [reading] = readings
        if len(reading.sightings) > 1:
            first, second = _commit(database, reading.halves(), now, limits)
            return [_joined(first, second)]
        if not reading.sightings:
            raise
        return _commit(database, [_without_the_unstorable(reading, error)], now, limits)


def _joined(first: Answer, second: Answer) -> Answer:
    if isinstance(first, Problem):
        return first
    if isinstance(second, Problem):
        return second
    return Ack(device=first.device, stored=first.stored + second.stored, set_aside=first.set_aside + second.set_aside)


def _without_the_unstorable(reading: Reading, error: Exception) -> Reading:
    [sighting] = reading.sightings
    reason = f"the database cannot hold it: {type(error).__name__}"
    problem = Problem(reading.device_id, Kind.UNSTORABLE, reason, sighting.encode(), sighting.seq)
    return replace(reading, sightings=(), problems=(*reading.problems, problem))


def _write(session: Session, readings: Sequence[Reading], now: datetime, limits: Limits) -> list[Answer]:
    schools = schools_of_devices(session, {reading.device_id for reading in readings})
    usable = [reading for reading in readings if reading.refused is None and reading.device_id in schools]
    held = _write_sightings(session, usable, schools, now, limits)
    answers: list[Answer] = []
    aside: list[Problem] = []
    for reading in readings:
        answer, problems = _judge(reading, held) if reading.device_id in schools else _unknown_device(reading)
        answers.append(answer)
        aside += problems
    # In one order in every transaction: two workers that keep the same problems never wait for each other in a ring.
    for problem in sorted(aside, key=lambda one: one.fingerprint):
        log.warning(
            "kept aside: device=%s seq=%s kind=%s: %s", problem.device_id, problem.seq, problem.kind, problem.reason
        )
        set_aside.keep(session, problem, school_id=schools.get(problem.device_id), now=now)
    return answers


def _write_sightings(
    session: Session, readings: Sequence[Reading], schools: Mapping[str, UUID], now: datetime, limits: Limits
) -> dict[Key, Content]:
    """Returns what is held now under each sighting's key, be it this one or an earlier one."""
    pupils = _pupils(session, readings)
    incoming: dict[Key, Incoming] = {}
    for reading in readings:
        school_id = schools[reading.device_id]
        for sighting in reading.sightings:
            student_id = pupils.get((school_id, sighting.person)) if sighting.person else None
            one = Incoming(reading.device_id, school_id, student_id, sighting, now, _moment(sighting, now))
            incoming.setdefault(one.key, one)
    highest = observations.highest_of(session, {device_id for device_id, _ in incoming})
    seen_before = {key for key in incoming if key[1] <= highest[key[0]]}
    held = observations.contents(session, seen_before)
    new = observations.insert_new(session, (one for key, one in incoming.items() if key not in held))
    went_in = [incoming[key] for key in new]
    days.follow(session, went_in, window=limits.window, now=now)
    raise_alarms(session, went_in, fever_c=limits.fever_c, now=now)
    held |= observations.contents(session, incoming.keys() - new - held.keys())
    risen = {device_id: seq for device_id, seq in sorted(new) if seq > highest[device_id]}
    observations.note_highest(session, risen)
    return held | {key: incoming[key].content for key in new}


def _moment(sighting: Sighting, now: datetime) -> datetime | None:
    believable = is_believable(sighting.captured_at, clock_trusted=sighting.clock.trusted, received_at=now)
    return sighting.captured_at if believable else None


def _pupils(session: Session, readings: Sequence[Reading]) -> dict[tuple[UUID, str], UUID]:
    """The pupil whom a school knows by a reference; one of another school is as unknown as none."""
    references = {sighting.person for reading in readings for sighting in reading.sightings if sighting.person}
    ids = {reference: student_id for reference in references if (student_id := student_id_of(reference))}
    schools = schools_of_students(session, set(ids.values()))
    return {
        (schools[student_id], reference): student_id for reference, student_id in ids.items() if student_id in schools
    }


def _judge(reading: Reading, held: Mapping[Key, Content]) -> tuple[Answer, Sequence[Problem]]:
    """A sighting counts as stored if what is held under its key is this very sighting, sent once or ten times."""
    if reading.refused:
        return reading.refused, [reading.refused]
    problems = list(reading.problems)
    stored: set[int] = set()
    for sighting in reading.sightings:
        if held[reading.device_id, sighting.seq] == observations.content(sighting):
            stored.add(sighting.seq)
        else:
            reason = "its number was used before for another sighting: was the unit's storage replaced?"
            problems.append(Problem(reading.device_id, Kind.SEQ_USED_TWICE, reason, sighting.encode(), sighting.seq))
    aside = {problem.seq: problem.reason for problem in problems if problem.seq and problem.seq not in stored}
    return (
        Ack(
            device=reading.device_id,
            stored=tuple(sorted(stored)),
            set_aside=tuple(SetAside(seq=seq, reason=reason[:500]) for seq, reason in sorted(aside.items())),
        ),
        problems,
    )


def _unknown_device(reading: Reading) -> tuple[Answer, Sequence[Problem]]:
    problem = reading.refused or Problem(
        reading.device_id,
        Kind.UNKNOWN_DEVICE,
        "no unit of that name is registered, or it is disabled; its events stay with it until it is",
        b"",
    )
    return problem, [problem]
