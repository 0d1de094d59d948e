"""All SQL of the register's facts. Its entries are in `entry_queries.py`."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.attendance.leave.queries import claims_on
from cloud.attendance.queries.presence import Seen, sightings_of
from cloud.attendance.register import watch_queries
from cloud.attendance.register.facts import (
    IN_DOUBT,
    DayFacts,
    Doubt,
    DoubtKind,
    Mark,
    Permission,
    Policy,
    Presence,
    Sighting,
)
from cloud.attendance.register.tables import AttendanceMark, AttendancePolicy
from cloud.attendance.release.queries import Release, released_on
from cloud.attendance.tables import Observation
from cloud.kit.clock import day_bounds
from cloud.kit.db import among
from cloud.people.queries import person_ref
from cloud.school.calendar.facts import HalfDay
from edge.contract import Direction


def policy_of(session: Session, school_id: UUID) -> Policy:
    row = session.get(AttendancePolicy, school_id)
    if row is None:
        return Policy()
    return Policy(
        grace_minutes=row.grace_minutes,
        leaving_grace_minutes=row.leaving_grace_minutes,
        absent_after_minutes=row.absent_after_minutes,
        stays_over_midday=row.stays_over_midday,
        warn_at=tuple(int(one) for one in row.warn_at.split(",") if one),
        hold_back_class_percent=row.hold_back_class_percent,
        hold_back_school_percent=row.hold_back_school_percent,
        low_percent=row.low_percent,
    )


def set_policy(session: Session, school_id: UUID, policy: Policy) -> None:
    session.merge(
        AttendancePolicy(
            school_id=school_id,
            grace_minutes=policy.grace_minutes,
            leaving_grace_minutes=policy.leaving_grace_minutes,
            absent_after_minutes=policy.absent_after_minutes,
            stays_over_midday=policy.stays_over_midday,
            warn_at=",".join(str(one) for one in policy.warn_at),
            hold_back_class_percent=policy.hold_back_class_percent,
            hold_back_school_percent=policy.hold_back_school_percent,
            low_percent=policy.low_percent,
        )
    )
    session.flush()


def facts_of(
    session: Session,
    school_id: UUID,
    classes: Mapping[UUID, UUID],
    day: date,
    *,
    silent_before: datetime,
    seen_until: datetime | None = None,
) -> dict[UUID, DayFacts]:
    """Everything known of the day of these pupils, given with their classes. A unit not heard of since
    `silent_before` may still have more to say."""
    student_ids = list(classes)
    seen = sightings_of(session, student_ids, day)
    doubts = _doubts(session, school_id, student_ids, day)
    silences = watch_queries.silences(session, school_id, day, silent_before)
    watches = watch_queries.watches(session, school_id, day, set(classes.values()))
    claims = claims_on(session, student_ids, day)
    marks = marks_of(session, student_ids, day)
    released = released_on(session, student_ids, day)
    return {
        student_id: DayFacts(
            sightings=tuple(
                one
                for one in (*sightings(seen.get(student_id, ())), *releases(released.get(student_id, ())))
                if seen_until is None or one.happened_at <= seen_until
            ),
            doubts=tuple(doubts.get(student_id, ())),
            silences=silences,
            claims=claims.get(student_id, ()),
            marks=tuple(marks.get(student_id, ())),
            watches=watches[class_id],
        )
        for student_id, class_id in classes.items()
    }


def sightings(seen: Iterable[Seen]) -> Iterator[Sighting]:
    for one in seen:
        direction = Direction(one.direction) if one.direction else None
        yield Sighting(one.happened_at, one.device_id, one.seq, direction)


def releases(released: Iterable[Release]) -> Iterator[Sighting]:
    for one in released:
        yield Sighting(one.at, str(one.id), 0, Direction.OUT, one.id)


def _doubts(session: Session, school_id: UUID, student_ids: Collection[UUID], day: date) -> dict[UUID, list[Doubt]]:
    """Sightings that may have been one of these pupils, and sightings of them whose moment is not known."""
    begins, ends = day_bounds(day)
    by_reference = {person_ref(student_id): student_id for student_id in student_ids}
    found: dict[UUID, list[Doubt]] = defaultdict(list)
    alike = session.execute(
        select(Observation.device_id, Observation.seq, Observation.candidates, Observation.happened_at).where(
            Observation.school_id == school_id,
            Observation.outcome.in_(IN_DOUBT),
            Observation.happened_at >= begins,
            Observation.happened_at < ends,
        )
    )
    for device_id, seq, candidates, happened_at in alike:
        for reference in candidates:
            if reference in by_reference:
                found[by_reference[reference]].append(Doubt(DoubtKind.LOOKED_ALIKE, device_id, seq, happened_at))
    unplaced = session.execute(
        select(Observation.device_id, Observation.seq, Observation.student_id).where(
            among(session, Observation.student_id, student_ids),
            Observation.happened_at.is_(None),
            Observation.received_at >= begins,
            Observation.received_at < ends,
        )
    )
    for device_id, seq, student_id in unplaced:
        assert student_id
        found[student_id].append(Doubt(DoubtKind.TIME_UNKNOWN, device_id, seq, None))
    return found


def marks_of(session: Session, student_ids: Collection[UUID], day: date) -> dict[UUID, list[Mark]]:
    rows = session.scalars(
        select(AttendanceMark).where(among(session, AttendanceMark.student_id, student_ids), AttendanceMark.day == day)
    )
    found: dict[UUID, list[Mark]] = defaultdict(list)
    for row in rows:
        found[row.student_id].append(
            Mark(
                id=row.id,
                half=HalfDay(row.half),
                at=row.at,
                presence=Presence(row.presence) if row.presence else None,
                period=row.period,
                late_minutes=row.late_minutes,
                left_early_minutes=row.left_early_minutes,
                permission=Permission(row.permission) if row.permission else None,
            )
        )
    return found


def add_mark(
    session: Session, *, school_id: UUID, student_id: UUID, day: date, mark: Mark, reason: str, by: UUID
) -> None:
    session.add(
        AttendanceMark(
            id=mark.id,
            school_id=school_id,
            student_id=student_id,
            day=day,
            half=mark.half,
            period=mark.period,
            presence=mark.presence,
            late_minutes=mark.late_minutes,
            left_early_minutes=mark.left_early_minutes,
            permission=mark.permission,
            reason=reason.strip(),
            by=by,
            at=mark.at,
        )
    )
    session.flush()
