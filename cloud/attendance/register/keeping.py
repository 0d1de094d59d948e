"""Keeping the register: days are recomputed from all their facts, written where they read differently, and checked.

Nothing here hooks into what comes in from the units: whatever arrives, however late, is found by the next `refresh`.
So a status never depends on the order in which things happened to arrive, and taking them in costs nothing more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.attendance.register import brake, entry_queries, queries, round_queries
from cloud.attendance.register.entries import Entry
from cloud.attendance.register.events import (
    ABSENCE_CORRECTED,
    ABSENT_WITHOUT_NOTICE,
    AbsenceCorrected,
    AbsentWithoutNotice,
)
from cloud.attendance.register.facts import DayStatus, Presence, Status
from cloud.attendance.register.rules import status_of
from cloud.attendance.register.watch_queries import SILENT_AFTER
from cloud.kit import outbox
from cloud.kit.clock import day_bounds, school_day
from cloud.people.history_queries import classes_on
from cloud.people.queries import hold_students
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import HalfDay, Plan

AT_ONCE = 100
"""Pupils written in one transaction: a school's bell must not hold up what its units bring."""
HOLDS_FOR = timedelta(minutes=2)
"""An absence that nobody has said must stand so long before a parent hears of it: after an outage a unit is heard of
moments before what it saw meanwhile has come in."""

HalfDayOf = tuple[UUID, HalfDay]
"""A pupil's."""


@dataclass(frozen=True, slots=True)
class Computed:
    class_id: UUID
    day: DayStatus
    weekday: int
    """Whose timetable is taught: the day's own, or another's on a make-up day."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A half-day that is kept otherwise than its facts say."""

    student_id: UUID
    half: HalfDay
    kept: Entry | None
    follows: Entry | None

    @property
    def lost_word(self) -> bool:
        """A person said something here, and what they said is not there any more: nothing may replace it."""
        said = self.follows is not None and self.follows.status.by_person
        return self.kept is not None and self.kept.status.by_person and not said


def compute(
    session: Session,
    school_id: UUID,
    day: date,
    student_ids: Collection[UUID] | None,
    *,
    now: datetime,
    seen_until: datetime | None = None,
    plans: Mapping[UUID, Plan] | None = None,
) -> dict[UUID, Computed]:
    """What follows for these pupils' day, or everybody's; nothing is written. With `seen_until`, from what units had
    seen by then. `plans` are the classes' for that day, if they were made already."""
    classes = classes_on(session, school_id, day, student_ids)
    plans = plans or plans_on(session, school_id, day, set(classes.values()))
    policy = queries.policy_of(session, school_id)
    as_of = min(now, day_bounds(day)[1])
    facts = queries.facts_of(
        session,
        school_id,
        {student_id: of_class.id for student_id, of_class in classes.items()},
        day,
        silent_before=now - SILENT_AFTER,
        seen_until=seen_until,
    )
    return {
        student_id: Computed(
            of_class.id,
            status_of(facts[student_id], plan := plans[of_class.id], policy, as_of),
            plan.weekday,
        )
        for student_id, of_class in classes.items()
    }


def recompute(
    session: Session,
    school_id: UUID,
    day: date,
    student_ids: Collection[UUID],
    *,
    now: datetime,
    by: UUID | None = None,
) -> list[Entry]:
    """Bring these pupils' day up to date; returns what reads differently now. `by` did what led to it."""
    hold_students(session, student_ids)
    before = entry_queries.entries_of(session, student_ids, day)
    computed = compute(session, school_id, day, student_ids, now=now)
    after = _entries(computed)
    changed: list[Entry] = []
    for key, entry in after.items():
        was = before.get(key)
        if was and was.says_the_same_as(entry):
            continue
        changed.append(_corrected(session, school_id, day, entry, was, now) if was and was.told_at else entry)
    entry_queries.write(session, school_id, day, changed, by=by, now=now)
    off = [was for key, was in before.items() if key not in after]
    entry_queries.take_out(session, day, off, by=by, now=now)
    for was in off:
        # Whoever is in no class any more has left: of them nothing was declared.
        if was.told_at and was.student_id in computed:
            _tell_correction(session, school_id, day, was.student_id, was.half, None, now)
    return changed


@dataclass(frozen=True, slots=True)
class Stale:
    """Pupils whose day reads differently from what is kept; so few that writing them keeps nobody waiting."""

    day: date
    student_ids: tuple[UUID, ...]


def stale(session: Session, school_id: UUID, now: datetime) -> list[Stale]:
    """What a refresh has to write. It only reads, so that looking at a whole school keeps no writer waiting."""
    found: list[Stale] = []
    today = school_day(now)
    plans = plans_on(session, school_id, today)
    halves = [half for plan in plans.values() for half in plan.half_days]
    begun = {one.half for one in halves if one.starts_at <= now}
    for one in round_queries.to_look_at(session, school_id, now, taught=bool(halves), begun=begun):
        kept = entry_queries.entries_of(session, one.student_ids, one.day)
        # Who was waited for and has been seen reads differently: that need not be reckoned twice.
        differing = {key[0] for key, entry in kept.items() if key[0] in one.seen and entry.is_waited_for}
        if unsure := one.student_ids - differing:
            follows = compute(session, school_id, one.day, unsure, now=now, plans=plans if one.day == today else None)
            kept = {key: entry for key, entry in kept.items() if key[0] in unsure}
            differing |= {student_id for student_id, _ in _differing(kept, _entries(follows))}
        ordered = sorted(differing)
        found += [Stale(one.day, tuple(ordered[at : at + AT_ONCE])) for at in range(0, len(ordered), AT_ONCE)]
    return found


def tell_absences(session: Session, school_id: UUID, now: datetime) -> int:
    """Tell of whoever is absent without notice today, and has been for a while, once a day; returns of how many.

    Where the units missed more than can be believed (`brake.py`), only of those of whom a person has said so.
    """
    today = school_day(now)
    untold = [
        entry
        for entry in entry_queries.untold_absences(session, school_id, today)
        if entry.is_without_notice and _stands(entry, now)
    ]
    if not untold:
        return 0
    entries = entry_queries.entries_of_school(session, school_id, today)
    counts = brake.count(((entry.class_id, entry.half), entry.status) for entry in entries.values())
    held = brake.held_back(counts, queries.policy_of(session, school_id))
    first: dict[UUID, Entry] = {}
    for entry in sorted(untold, key=lambda one: one.half is HalfDay.AFTERNOON):
        if entry.status.by_person or (entry.class_id, entry.half) not in held:
            first.setdefault(entry.student_id, entry)
    for entry in first.values():
        event = AbsentWithoutNotice(
            school_id=school_id, student_id=entry.student_id, day=today, half=entry.half, noticed_at=now
        )
        outbox.put(session, ABSENT_WITHOUT_NOTICE, event, now=now)
        entry_queries.mark_told(session, entry.student_id, today, entry.half, now)
    return len(first)


def check(session: Session, school_id: UUID, day: date, *, now: datetime) -> list[Disagreement]:
    """Whether what is kept is what follows from the facts. Nothing is written: see `checking.py`."""
    kept = entry_queries.entries_of_school(session, school_id, day)
    follows = _entries(compute(session, school_id, day, None, now=now))
    return [Disagreement(*key, kept.get(key), follows.get(key)) for key in sorted(_differing(kept, follows))]


def _stands(entry: Entry, now: datetime) -> bool:
    return entry.status.by_person or (entry.changed_at is not None and entry.changed_at <= now - HOLDS_FOR)


def _differing(kept: Mapping[HalfDayOf, Entry], follows: Mapping[HalfDayOf, Entry]) -> set[HalfDayOf]:
    """What is kept and does not follow, follows and is not kept, or reads otherwise."""
    return {
        key
        for key in kept.keys() | follows.keys()
        if key not in kept or key not in follows or not kept[key].says_the_same_as(follows[key])
    }


def _entries(computed: dict[UUID, Computed]) -> dict[HalfDayOf, Entry]:
    return {
        (student_id, half.half): Entry(student_id, one.class_id, half.half, half.status)
        for student_id, one in computed.items()
        for half in one.day.halves
    }


def _corrected(session: Session, school_id: UUID, day: date, entry: Entry, was: Entry, now: datetime) -> Entry:
    """Guardians were told of an absence: they hear it when that does not hold, and not before it is certain."""
    if entry.is_without_notice or entry.status.presence in (Presence.ASK, Presence.NOT_YET):
        return replace(entry, told_at=was.told_at)
    _tell_correction(session, school_id, day, entry.student_id, entry.half, entry.status, now)
    return entry


def _tell_correction(
    session: Session, school_id: UUID, day: date, student_id: UUID, half: HalfDay, status: Status | None, now: datetime
) -> None:
    event = AbsenceCorrected(
        school_id=school_id,
        student_id=student_id,
        day=day,
        half=half,
        presence=status.presence if status else None,
        late_minutes=status.late_minutes if status else 0,
        permission=status.permission if status else None,
        corrected_at=now,
    )
    outbox.put(session, ABSENCE_CORRECTED, event, now=now)
