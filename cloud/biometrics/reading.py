"""Consent as people read it: one child's, a class's, and the clocks that run for a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics import consent
from cloud.biometrics.queries import classes, requests
from cloud.biometrics.queries import consent as queries
from cloud.biometrics.queries import rosters as roster_queries
from cloud.biometrics.queries import templates as template_queries
from cloud.biometrics.queries.classes import Enrolled
from cloud.biometrics.queries.renewal import trends_in
from cloud.biometrics.queries.requests import Asked
from cloud.biometrics.renewal import Due, due
from cloud.biometrics.rules import (
    Answer,
    How,
    Party,
    Request,
    Standing,
    acknowledge_by,
    done_by,
    must_be_asked,
    standing,
)
from cloud.kit.clock import school_day
from cloud.people.access import OwnClass, Pupil
from cloud.people.names import list_order
from cloud.school.calendar.facts import RuleKind, Span
from cloud.school.calendar.queries import calendar_of

DONE_IS_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Voice:
    """One of those who have a say, and what they said last."""

    party: Party
    guardian_id: UUID | None
    name: str | None
    """None: the child."""
    answer: Answer | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    decided_at: datetime
    name: str | None
    """None: the child."""
    answer: Answer
    how: How
    wording_version: int
    scan_id: UUID | None


@dataclass(frozen=True, slots=True)
class UnitCopy:
    name: str
    erased_at: datetime | None
    """None: pending; the unit itself has not said so yet."""


@dataclass(frozen=True, slots=True)
class ClockedRequest:
    asked: Asked
    acknowledge_by: date
    done_by: date
    today: date

    @property
    def is_late(self) -> bool:
        if self.asked.done_at is not None:
            return False
        return self.today > self.done_by or (self.asked.acknowledged_at is None and self.today > self.acknowledge_by)


@dataclass(frozen=True, slots=True)
class ChildFile:
    """Everything about one child's consent, for their guardians and for those who take consent."""

    pupil: Pupil
    standing: Standing
    views: int
    """Templates that there are now."""
    guardians: tuple[Voice, ...]
    child: Voice | None
    """None while the child is under the age of an own answer and has given none."""
    history: tuple[HistoryRow, ...]
    """The newest first."""
    units: tuple[UnitCopy, ...]
    requests: tuple[ClockedRequest, ...]

    @property
    def given_name(self) -> str:
        return self.pupil.full_name.split()[-1]

    @property
    def pending(self) -> int:
        """Units that have yet to say that they erased, once there is nothing left to know the child by."""
        return 0 if self.views else sum(unit.erased_at is None for unit in self.units)


@dataclass(frozen=True, slots=True)
class PupilLine:
    id: UUID
    code: str
    name: str
    standing: Standing
    enrolled: Enrolled | None
    due: Due | None
    """Why they are to be enrolled again."""


@dataclass(frozen=True, slots=True)
class ClassFile:
    own_class: OwnClass
    pupils: tuple[PupilLine, ...]

    @property
    def yes(self) -> tuple[PupilLine, ...]:
        return tuple(one for one in self.pupils if one.standing is Standing.IN_FORCE)

    @property
    def no(self) -> tuple[PupilLine, ...]:
        return tuple(one for one in self.pupils if one.standing in (Standing.REFUSED, Standing.WITHDRAWN))

    @property
    def nothing(self) -> tuple[PupilLine, ...]:
        """Nobody was asked yet, or the child was not."""
        return tuple(one for one in self.pupils if one.standing in (Standing.NOT_ASKED, Standing.CHILD_NOT_ASKED))


def read_child(session: Session, pupil: Pupil, *, now: datetime) -> ChildFile:
    """`pupil` came through people.access."""
    subject, today = queries.subject(session, pupil.id), school_day(now)
    rows = queries.history(session, pupil.id)
    said = {(row.party, row.guardian_id): (Answer(row.answer), row.decided_at) for row in rows}

    def voice(party: Party, guardian_id: UUID | None, name: str | None) -> Voice:
        return Voice(party, guardian_id, name, *said.get((party, guardian_id), (None, None)))

    child = voice(Party.CHILD, None, None)
    return ChildFile(
        pupil=pupil,
        standing=consent.where_it_stands(session, pupil.id, now=now),
        views=template_queries.template_count(session, pupil.id),
        guardians=tuple(
            voice(Party.GUARDIAN, guardian_id, name)
            for guardian_id, name in queries.guardians_of(session, pupil.id).items()
        ),
        child=child if child.answer is not None or must_be_asked(subject.birth_date, today) else None,
        history=tuple(
            HistoryRow(
                row.decided_at, row.guardian_name, Answer(row.answer), How(row.how), row.wording_version, row.scan_id
            )
            for row in reversed(rows)
        ),
        units=tuple(
            UnitCopy(name, holding.erased_at) for _, name, holding in roster_queries.copies_of(session, pupil.id)
        ),
        requests=clocked(session, requests.asked_of(session, pupil.id), now=now),
    )


def read_classes(session: Session, own: Sequence[OwnClass], *, now: datetime) -> tuple[ClassFile, ...]:
    """`own` came through people.access."""
    ids, today = [one.id for one in own], school_day(now)
    decisions, guardians = classes.decisions_in(session, ids), classes.guardians_in(session, ids)
    enrolled, trends = classes.enrolled_in(session, ids), trends_in(session, ids)
    lines: dict[UUID, list[PupilLine]] = {one: [] for one in ids}
    for pupil in classes.pupils_in(session, ids, today):
        stands = standing(
            decisions.get(pupil.id, ()),
            guardians=guardians.get(pupil.id, {}).keys(),
            birth_date=pupil.birth_date,
            today=today,
        )
        known = enrolled.get(pupil.id)
        again = due(known.made_at, trends.get(pupil.id), now) if known else None
        lines[pupil.class_id].append(PupilLine(pupil.id, pupil.code, pupil.full_name, stands, known, again))
    return tuple(ClassFile(one, tuple(sorted(lines[one.id], key=lambda one: list_order(one.name)))) for one in own)


def clocked(session: Session, asked: Sequence[Asked], *, now: datetime) -> tuple[ClockedRequest, ...]:
    """With the last days that the law allows; a holiday of the school is no working day."""
    if not asked:
        return ()
    span = Span(school_day(min(one.received_at for one in asked)), school_day(now) + timedelta(days=60))
    holidays = {
        school_id: frozenset(
            rule.day
            for rule in calendar_of(session, school_id, span).rules
            if rule.kind is RuleKind.OFF and rule.half is None and rule.grade is None and rule.class_id is None
        )
        for school_id in {one.school_id for one in asked}
    }
    return tuple(
        ClockedRequest(
            one,
            acknowledge_by(one.received_at, holidays[one.school_id]),
            done_by(Request(one.kind), one.received_at),
            school_day(now),
        )
        for one in asked
    )
