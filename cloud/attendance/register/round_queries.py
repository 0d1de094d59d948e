"""All SQL of the worker's rounds: whose turn it is, and whom of a school something new may concern."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from cloud.attendance.register.entry_queries import not_entered
from cloud.attendance.register.facts import IN_DOUBT, Presence, Rule
from cloud.attendance.register.tables import RegisterEntry, RegisterRefresh
from cloud.attendance.tables import Observation
from cloud.attendance.tables import Presence as PresenceRow
from cloud.devices.tables import Device
from cloud.kit.clock import school_day
from cloud.kit.db import insert
from cloud.people.queries import student_id_of
from cloud.school.calendar.facts import HalfDay
from cloud.school.tables import School

LATEST_EVENT = timedelta(days=30)
"""How long a day in doubt is looked at again: a unit that was offline may still bring what it saw."""
LOOK_BACK = timedelta(seconds=30)
"""Transactions commit in another order than they began; none takes longer than this."""


@dataclass(frozen=True, slots=True)
class ToLookAt:
    day: date
    student_ids: frozenset[UUID]
    seen: frozenset[UUID]
    """Those of them of whom a unit has told since last time."""


def to_look_at(
    session: Session, school_id: UUID, now: datetime, *, taught: bool, begun: Collection[HalfDay]
) -> list[ToLookAt]:
    """Pupils whose day may read differently by now: not entered today, undecided, in doubt, or seen since last time,
    or perhaps seen.

    `taught`: somebody has lessons today, else nobody is entered; `begun`: of which half-days the first bell has rung,
    before it time alone decides nothing. In doubt alone time changes nothing either: only where a unit was heard of
    since. Of the days before, a doubt goes by itself only where a unit was silent: else a school that calls no roll
    would be looked at whole, day by day, every minute.
    """
    today, since = school_day(now), _seen_until(session, school_id, now) - LOOK_BACK
    heard_of_a_unit = session.scalar(select(_heard(school_id, since)))
    undecided = [
        (RegisterEntry.presence == Presence.NOT_YET) & ((RegisterEntry.day < today) | RegisterEntry.half.in_(begun))
    ]
    if heard_of_a_unit:
        undecided.append(
            (RegisterEntry.presence == Presence.ASK)
            & ((RegisterEntry.day == today) | RegisterEntry.reasons.like(f"%{Rule.UNIT_SILENT}%"))
        )
    waiting = session.execute(
        select(RegisterEntry.day, RegisterEntry.student_id).where(
            RegisterEntry.school_id == school_id, RegisterEntry.day >= today - LATEST_EVENT, or_(*undecided)
        )
    )
    received = session.execute(
        select(
            Observation.student_id, Observation.happened_at, Observation.received_at, Observation.outcome,
            Observation.candidates,
        ).where(
            Observation.school_id == school_id,
            Observation.received_at >= since,
            Observation.student_id.is_not(None) | Observation.outcome.in_(IN_DOUBT),
        )
    )  # fmt: skip
    learnt = session.execute(
        select(PresenceRow.day, PresenceRow.student_id).where(
            PresenceRow.school_id == school_id, PresenceRow.day >= today - LATEST_EVENT, PresenceRow.changed_at >= since
        )
    )
    news = defaultdict[date, set[UUID]](set)
    doubted: list[tuple[date, UUID]] = []
    for student_id, happened_at, received_at, outcome, candidates in received:
        if student_id and happened_at:
            news[school_day(happened_at)].add(student_id)
        if outcome in IN_DOUBT or not happened_at:
            # Whoever was called absent before this came is asked about again.
            day, ids = school_day(happened_at or received_at), (student_id, *map(student_id_of, candidates))
            doubted += [(day, one) for one in ids if one]
    for day, student_id in learnt:
        news[day].add(student_id)
    found = defaultdict[date, set[UUID]](set, {day: set(ids) for day, ids in news.items()})
    for day, student_id in (*waiting, *doubted):
        found[day].add(student_id)
    if taught:
        found[today].update(not_entered(session, school_id, today))
    return [ToLookAt(day, frozenset(found[day]), frozenset(news[day])) for day in sorted(found) if found[day]]


def _heard(school_id: UUID, since: datetime) -> ColumnElement[bool]:
    """Whether a unit of the school has been heard of since then, or was put out of use."""
    news = or_(Device.heartbeat_at >= since, Device.disabled_at >= since)
    return select(Device.id).where(Device.school_id == school_id, news).exists()


def mark_refreshed(session: Session, school_id: UUID, now: datetime) -> None:
    """Two workers may both be the first."""
    statement = insert(session, RegisterRefresh).values(school_id=school_id, seen_until=now)
    seen = {"seen_until": statement.excluded.seen_until}
    session.execute(statement.on_conflict_do_update(index_elements=["school_id"], set_=seen))


def take_rounds(session: Session, *, last_before: datetime, now: datetime, limit: int) -> list[UUID]:
    """Schools whose last round is so long ago; no two workers get the same one, and the next one is a round away."""
    known = select(RegisterRefresh.school_id)
    new = select(School.id).where(School.id.not_in(known)).order_by(School.id)
    for school_id in session.scalars(new):
        first = insert(session, RegisterRefresh).values(school_id=school_id, seen_until=now - LATEST_EVENT)
        session.execute(first.on_conflict_do_nothing(index_elements=["school_id"]))
    due = (
        select(RegisterRefresh.school_id)
        .where(or_(RegisterRefresh.round_at.is_(None), RegisterRefresh.round_at <= last_before))
        .order_by(RegisterRefresh.round_at.nulls_first(), RegisterRefresh.school_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = update(RegisterRefresh).where(RegisterRefresh.school_id.in_(due)).values(round_at=now)
    return list(
        session.scalars(taken.returning(RegisterRefresh.school_id).execution_options(synchronize_session=False))
    )


def _seen_until(session: Session, school_id: UUID, now: datetime) -> datetime:
    row = session.get(RegisterRefresh, school_id)
    return row.seen_until if row else now - LATEST_EVENT
