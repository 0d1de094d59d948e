"""Today's count by class, as an open page shows it: as it stands, then as it was locked and what came on top."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts.access import Actor, Right
from cloud.attendance.meals import queries, sheet_queries, supplement_queries, supplementing
from cloud.attendance.meals.counting import cut_off_on
from cloud.attendance.meals.sheet import warnings_of
from cloud.attendance.meals.sheet_queries import ClassLine, SheetState
from cloud.attendance.meals.supplement_queries import Supplement
from cloud.kit.clock import school_day
from cloud.people.access import classes_for
from cloud.school.access import OwnSchool
from cloud.school.calendar.day_plans import plans_on
from cloud.school.calendar.facts import ClassRef


@dataclass(frozen=True, slots=True)
class CountLine:
    class_id: UUID
    class_name: str
    registered: int
    portions: int
    """As they stand; once they are locked, those."""
    more: int
    """Added since by supplements."""
    waiting: int
    """Known to be here since the count was locked, and in no supplement yet."""
    in_doubt: int


@dataclass(frozen=True, slots=True)
class Today:
    """Of the classes that the reader sees."""

    day: date
    now: datetime
    cut_off_at: datetime
    lines: tuple[CountLine, ...]
    state: SheetState | None
    slug: str
    sees_all: bool
    may_keep: bool
    supplements: tuple[Supplement, ...] = ()
    """Of the whole school, for whoever sees all of it."""

    @property
    def registered(self) -> int:
        return sum(line.registered for line in self.lines)

    @property
    def locked(self) -> int:
        return sum(line.portions for line in self.lines)

    @property
    def more(self) -> int:
        return sum(line.more for line in self.lines)

    @property
    def portions(self) -> int:
        return self.locked + self.more

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.lines)

    @property
    def in_doubt(self) -> int:
        return sum(line.in_doubt for line in self.lines)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Before the cut-off pupils are still coming in."""
        return warnings_of(self) if self.state or self.now >= self.cut_off_at else ()

    @property
    def is_received(self) -> bool:
        """By the kitchen, with all that was added."""
        return bool(self.state and self.state.received_at) and all(one.received_at for one in self.supplements)

    def is_sent(self, one: Supplement) -> bool:
        return bool(self.state and self.state.sent_at and self.state.sent_at >= one.at)


def read_today(session: Session, actor: Actor, school: OwnSchool, now: datetime) -> Today | None:
    """None where no meals are served."""
    policy = queries.policy_of(session, school.id)
    if policy is None:
        return None
    today, here = school_day(now), actor.within(school.id)
    own = {one.id for one in classes_for(session, here, Right.SEE_MEALS)}
    state = sheet_queries.sheet_state(session, school.id, today)
    supplements = supplement_queries.supplements(session, school.id, today) if state else ()
    lines = _locked(session, school.id, today, supplements) if state else _live(session, school.id, today)
    sees_all = school.id in here.schools_where(Right.SEE_MEALS)
    return Today(
        today,
        now,
        cut_off_on(policy, today),
        tuple(line for line in lines if line.class_id in own),
        state,
        school.slug,
        sees_all,
        may_keep=school.id in here.schools_where(Right.KEEP_MEALS),
        supplements=supplements if sees_all else (),
    )


def _live(session: Session, school_id: UUID, day: date) -> list[CountLine]:
    lines = sheet_queries.live_lines(session, school_id, day)
    plans = plans_on(session, school_id, day, [ClassRef(line.class_id, line.grade) for line in lines])
    return [
        CountLine(line.class_id, line.class_name, line.registered, line.portions, 0, 0, line.in_doubt)
        for line in lines
        if plans[line.class_id].is_school_day
    ]


def _locked(session: Session, school_id: UUID, day: date, supplements: tuple[Supplement, ...]) -> list[CountLine]:
    """Also of a class that was not counted at the cut-off, and of which somebody is here to eat."""
    confirmed = supplementing.confirmed_since(session, school_id, day)
    waiting = Counter(one.class_id for one in confirmed)
    in_doubt = Counter(supplementing.still_in_doubt(session, school_id, day, confirmed).values())
    more = supplement_queries.added_by_class(supplements)
    counted = {line.class_id: line for line in sheet_queries.locked_lines(session, school_id, day)}
    others = supplement_queries.uncounted_classes(session, (waiting.keys() | more.keys()) - counted.keys())
    return [
        CountLine(one.class_id, one.class_name, one.registered, one.portions, more[one.class_id],
                  waiting[one.class_id], in_doubt[one.class_id])
        for one in sorted([*counted.values(), *others], key=_order)
    ]  # fmt: skip


def _order(line: ClassLine) -> tuple[int, str]:
    return line.grade, line.class_name
