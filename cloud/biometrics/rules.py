"""What consent means, and the clocks of the law. Pure.

Law 91/2025/QH15 and Decree 356/2025 (in force since 1 January 2026): consent is specific and provable, silence is none,
a legal guardian gives it, and from 7 years on the child's own yes is needed too.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloud.kit.clock import school_time

AGE_OF_OWN_ANSWER = 7


class Party(StrEnum):
    GUARDIAN = "guardian"
    CHILD = "child"


class Answer(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    PAPER = "paper"
    GUARDIAN_PAGE = "guardian_page"
    IN_PERSON = "in_person"


class Standing(StrEnum):
    """Whether a template may exist: IN_FORCE alone says yes. All others are attended by card or hand on equal terms."""

    IN_FORCE = "in_force"
    NOT_ASKED = "not_asked"
    CHILD_NOT_ASKED = "child_not_asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    """The pupil is with the school no more."""


@dataclass(frozen=True, slots=True)
class Decision:
    number: int
    party: Party
    guardian_id: UUID | None
    answer: Answer


def must_be_asked(birth_date: date | None, today: date) -> bool:
    """From the seventh birthday on; also where nobody knows the birthday. 29 February counts as 1 March."""
    if birth_date is None:
        return True
    had_birthday = (today.month, today.day) >= (birth_date.month, birth_date.day)
    return today.year - birth_date.year - (not had_birthday) >= AGE_OF_OWN_ANSWER


def standing(decisions: Iterable[Decision], *, guardians: Set[UUID], birth_date: date | None, today: date) -> Standing:
    """The latest answer of each present guardian and of the child: one no outweighs every yes."""
    latest: dict[tuple[Party, UUID | None], Answer] = {}
    for decision in sorted(decisions, key=lambda decision: decision.number):
        if decision.party is Party.CHILD or decision.guardian_id in guardians:
            latest[decision.party, decision.guardian_id] = decision.answer
    answers = set(latest.values())
    if Answer.WITHDRAWN in answers:
        return Standing.WITHDRAWN
    if Answer.REFUSED in answers:
        return Standing.REFUSED
    child = latest.pop((Party.CHILD, None), None)
    if not latest:
        return Standing.NOT_ASKED
    if child is None and must_be_asked(birth_date, today):
        return Standing.CHILD_NOT_ASKED
    return Standing.IN_FORCE


class Request(StrEnum):
    WITHDRAWAL = "withdrawal"
    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"


ACKNOWLEDGE_WORKING_DAYS = 2
DONE_DAYS = {Request.WITHDRAWAL: 15, Request.ACCESS: 10, Request.CORRECTION: 10, Request.DELETION: 20}
BREACH_NOTICE = timedelta(hours=72)
IMPACT_ASSESSMENT = timedelta(days=60)


def acknowledge_by(received_at: datetime, holidays: Set[date] = frozenset()) -> date:
    """The last day, where the school stands, on which a request may be acknowledged."""
    day, left = school_time(received_at).date(), ACKNOWLEDGE_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    return day


def done_by(kind: Request, received_at: datetime) -> date:
    """The last day on which it may be done; a withdrawal aims at the same minute."""
    return school_time(received_at).date() + timedelta(days=DONE_DAYS[kind])


def breach_notice_by(known_at: datetime) -> datetime:
    return known_at + BREACH_NOTICE


def impact_assessment_by(processing_began: datetime) -> date:
    return school_time(processing_began + IMPACT_ASSESSMENT).date()
