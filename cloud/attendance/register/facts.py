"""What is known of one pupil's day, and the status that follows. Three kinds of fact are kept apart: what was seen,
what was claimed, what was planned; a person's word stands above all of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloud.attendance.leave.facts import Claim
from cloud.school.calendar.facts import HalfDay
from edge.contract import Direction, Outcome


class Presence(StrEnum):
    NOT_YET = "not_yet"
    """The bell has not rung, or has only just."""
    PRESENT = "present"
    ABSENT = "absent"
    ASK = "ask"
    """In doubt: somebody has to look. Never told to a parent as an absence."""


class Permission(StrEnum):
    """A second axis, for whoever was absent, late or left early: có phép or không phép."""

    PERMITTED = "P"
    NOT_PERMITTED = "K"


IN_DOUBT = (Outcome.ASK, Outcome.REFUSED)
"""What a unit concluded of somebody who may have been there all the same: that is asked, not called an absence."""


class DoubtKind(StrEnum):
    LOOKED_ALIKE = "looked_alike"
    """A unit saw somebody who may have been this pupil."""
    TIME_UNKNOWN = "time_unknown"
    """A unit saw this pupil, but its clock could not be trusted."""


@dataclass(frozen=True, slots=True)
class Sighting:
    happened_at: datetime
    device_id: str
    seq: int
    direction: Direction | None = None
    released: UUID | None = None
    """A person's sighting: the pupil was handed over, or went. The release that it is."""


@dataclass(frozen=True, slots=True)
class Doubt:
    kind: DoubtKind
    device_id: str
    seq: int
    at: datetime | None
    """None: at some time of the day."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A unit that has not spoken since `since`: what it saw may still arrive."""

    device_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """A unit that the pupil passes was known to be watching from `since` until `until`."""

    device_id: str
    since: datetime
    until: datetime
    at_door: bool = False
    """At the door of the pupil's own class; else at a gate, of which there may be several."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A person's word on a half-day, or on one of its periods. The latest one holds."""

    id: UUID
    half: HalfDay
    at: datetime
    presence: Presence | None
    """PRESENT or ABSENT; None gives the decision back to the rules."""
    period: int | None = None
    late_minutes: int = 0
    left_early_minutes: int = 0
    permission: Permission | None = None
    """None: as the leave requests say."""


@dataclass(frozen=True, slots=True)
class DayFacts:
    sightings: tuple[Sighting, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    silences: tuple[Silence, ...] = ()
    claims: tuple[Claim, ...] = ()
    marks: tuple[Mark, ...] = ()
    watches: tuple[Watch, ...] = ()
    """Of the units that this pupil passes. Without them not being seen says nothing."""


@dataclass(frozen=True, slots=True)
class Policy:
    grace_minutes: int = 5
    """Up to this many whole minutes after the bell is not late."""
    leaving_grace_minutes: int = 5
    absent_after_minutes: int = 15
    """How long after the bell nobody is called absent yet."""
    stays_over_midday: bool = True
    """Pupils eat and rest at school, so whoever came in the morning is there in the afternoon unless seen leaving."""
    warn_at: tuple[int, ...] = (35, 40, 45)
    """School days absent in a year at which the school and the family are warned."""
    hold_back_class_percent: int = 50
    """Where so many of a class were not seen, its families are told nothing before a person has called the roll."""
    hold_back_school_percent: int = 20
    """The same of a whole school. 100 and more: never held back."""
    low_percent: int = 90
    """Of those of whom it is known, so many are present in a class that is not pointed out."""
    passage_window: timedelta = timedelta(seconds=60)
    """The same pupil seen again within this time, at any unit, is the same passage."""


class Rule(StrEnum):
    """Why a status is what it is. Each is a sentence in every language."""

    CAME_IN_TIME = "came_in_time"
    CAME_WITHIN_GRACE = "came_within_grace"
    CAME_LATE = "came_late"
    WAS_THERE_BEFORE = "was_there_before"
    SEEN_LEAVING_ONLY = "seen_leaving_only"
    LEFT_EARLY = "left_early"
    HANDED_OVER_EARLY = "handed_over_early"
    HANDED_OVER_ONLY = "handed_over_only"
    HANDED_OVER_BEFORE = "handed_over_before"
    LET_GO_BEFORE = "let_go_before"
    NOT_SEEN = "not_seen"
    NOT_DUE_YET = "not_due_yet"
    SEEN_ONLY_AFTERWARDS = "seen_only_afterwards"
    LOOKED_ALIKE = "looked_alike"
    TIME_UNKNOWN = "time_unknown"
    UNIT_SILENT = "unit_silent"
    UNIT_WAS_AWAY = "unit_was_away"
    NOBODY_WATCHED = "nobody_watched"
    LEAVE_APPROVED = "leave_approved"
    LEAVE_REQUESTED = "leave_requested"
    NO_LEAVE = "no_leave"
    PERSON_SAID = "person_said"
    SEEN_SINCE = "seen_since"


class FactKind(StrEnum):
    BELL = "bell"
    SIGHTING = "sighting"
    CLAIM = "claim"
    MARK = "mark"
    UNIT = "unit"
    RELEASE = "release"
    GATE = "gate"
    """It opened."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a rule used: `key` finds it again (unit/sequence number, a request's or a mark's id)."""

    kind: FactKind
    key: str
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """Of a fact that has one; bells and sightings do."""
        assert self.at is not None
        return self.at


@dataclass(frozen=True, slots=True)
class Reason:
    rule: Rule
    used: tuple[Fact, ...]
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    presence: Presence
    reasons: tuple[Reason, ...]
    """Never empty; what decided comes first."""
    late_minutes: int = 0
    left_early_minutes: int = 0
    permission: Permission | None = None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class PeriodStatus:
    number: int
    status: Status


@dataclass(frozen=True, slots=True)
class HalfDayStatus:
    half: HalfDay
    status: Status
    periods: tuple[PeriodStatus, ...]


@dataclass(frozen=True, slots=True)
class DayStatus:
    day: date
    halves: tuple[HalfDayStatus, ...]
    """One for each half-day that is taught: a weekend has none, and so is never an absence."""

    def half(self, half: HalfDay) -> HalfDayStatus | None:
        return next((one for one in self.halves if one.half is half), None)
