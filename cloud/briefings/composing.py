"""What a unit's briefing says now: one function a part. Names, cards and times as the school has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.briefings import queries
from cloud.briefings.queries import Named, PlacedLesson
from cloud.cards import queries as card_queries
from cloud.people.queries import person_ref
from cloud.school.calendar.facts import Calendar, ClassRef, PlannedPeriod, Span
from cloud.school.calendar.queries import calendar_of, classes_of, year_span
from cloud.school.calendar.rules import plan_for
from edge.contract import Wire
from edge.contract.briefing_parts import (
    CALIBRATION,
    CARDS,
    LESSONS,
    LINKS,
    MAX_DAYS,
    PEOPLE,
    RINGS,
    SETTINGS,
    CalibrationPart,
    CardsPart,
    Chip,
    LessonsPart,
    LinksPart,
    NamedPerson,
    PeoplePart,
    RingsPart,
    SigningKey,
    TimetabledLesson,
    UnitSettings,
)

STAFF = "staff"
STAFF_CLASS = "Cán bộ, giáo viên"
"""How the guard's list calls those who are in no class."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """A gate knows the school, a door its class."""

    device_id: str
    school_id: UUID
    class_id: UUID | None
    today: date


def compose(session: Session, scope: Scope) -> dict[str, Wire]:
    """Every part by its name; an empty one is left out, so that what a unit has of its own stays."""
    parts = people_parts(session, scope)
    calendar, span = _calendar(session, scope)
    orders = queries.orders(session, scope.device_id)
    wanted: list[tuple[str, Wire | None]] = [
        (CARDS, _cards(session, scope)),
        (LINKS, _links(session, scope)),
        (SETTINGS, UnitSettings.model_validate(orders.settings) if orders and orders.settings else None),
        (CALIBRATION, CalibrationPart.model_validate(orders.calibration) if orders and orders.calibration else None),
        (RINGS, rings_part(calendar, span, classes_of(session, scope.school_id), scope.class_id)),
        (LESSONS, _lessons(session, scope, calendar, span, orders.room if orders else None)),
    ]
    return parts | {name: part for name, part in wanted if part is not None}


def people_parts(session: Session, scope: Scope) -> dict[str, Wire]:
    by_part: dict[str, list[Named]] = {}
    for one in queries.pupils(session, scope.school_id, scope.class_id, scope.today):
        by_part.setdefault(f"{PEOPLE}/{one.class_id}", []).append(one)
    if scope.class_id is None and (staff := queries.staff(session, scope.school_id, scope.today)):
        by_part[f"{PEOPLE}/{STAFF}"] = staff
    return {name: PeoplePart(people=tuple(map(_named, people))) for name, people in by_part.items()}


def persons_in(parts: Iterable[Wire]) -> set[str]:
    return {one.person for part in parts if isinstance(part, PeoplePart) for one in part.people}


def rings_part(
    calendar: Calendar, span: Span | None, classes: Sequence[ClassRef], class_id: UUID | None
) -> RingsPart | None:
    """A door rings for its class; a gate whenever a period of any class begins or ends. Pure."""
    if span is None:
        return None
    meant = [one for one in classes if class_id in (None, one.id)]
    days = [
        (
            day,
            tuple(
                sorted(
                    {
                        moment.timetz().replace(tzinfo=None)
                        for one in meant
                        for half in plan_for(calendar, day, one).half_days
                        for period in half.periods
                        for moment in (period.starts_at, period.ends_at)
                    }
                )
            ),
        )
        for day in _each(span)
    ]
    patterns, pointing = _patterns(days)
    return RingsPart(patterns=patterns, days=pointing) if pointing else None


def lessons_part(
    calendar: Calendar, span: Span | None, classes: Sequence[ClassRef], lessons: Sequence[PlacedLesson],
    *, class_id: UUID | None, room: str | None,
) -> LessonsPart | None:  # fmt: skip
    """Whose lesson is behind the door, day by day: those that the timetable places in `room`, or the class's own.

    A class without a timetable has its room in every period that the calendar plans. Pure.
    """
    if span is None or (class_id is None and room is None):
        return None
    days = []
    for day in _each(span):
        found: list[TimetabledLesson] = []
        for one in classes:
            if room is None and one.id != class_id:
                continue
            found += _on(calendar, day, one, lessons, room)
        days.append((day, tuple(sorted(found, key=lambda one: (one.starts_at, one.class_ref)))))
    patterns, pointing = _patterns(days)
    return LessonsPart(patterns=patterns, days=pointing) if pointing else None


def _on(
    calendar: Calendar, day: date, school_class: ClassRef, lessons: Sequence[PlacedLesson], room: str | None
) -> list[TimetabledLesson]:
    plan = plan_for(calendar, day, school_class)
    periods = {(half.half.value, period.number): period for half in plan.half_days for period in half.periods}
    own = [one for one in lessons if one.class_id == school_class.id and one.valid_from <= day <= one.last_day]
    newest = max((one.valid_from for one in own), default=None)
    placed = [
        periods[one.half, one.number]
        for one in own
        if one.valid_from == newest
        and one.weekday == plan.weekday
        and (one.half, one.number) in periods
        and room in (None, one.room)
    ]
    if not own and room is None:
        placed = list(periods.values())
    return [_timetabled(period, school_class.id) for period in placed]


def _timetabled(period: PlannedPeriod, class_id: UUID) -> TimetabledLesson:
    return TimetabledLesson(
        starts_at=period.starts_at.timetz().replace(tzinfo=None),
        ends_at=period.ends_at.timetz().replace(tzinfo=None),
        class_ref=str(class_id),
    )


def _named(one: Named) -> NamedPerson:
    return NamedPerson(
        person=person_ref(one.id),
        full_name=one.full_name,
        given_name=one.full_name.split()[-1],
        class_name=one.class_name or STAFF_CLASS,
    )


def _cards(session: Session, scope: Scope) -> CardsPart | None:
    keys = card_queries.live_keys(session, scope.school_id)
    chips = card_queries.chips(session, scope.school_id, scope.today)
    retired = card_queries.next_number(session, scope.school_id) > 1
    if not keys and not chips and not retired:
        return None
    return CardsPart(
        keys=tuple(SigningKey.model_construct(id=key.number, public_key=key.public_key) for key in keys),
        revoked=tuple(card_queries.revoked_serials(session, scope.school_id, scope.today)),
        chips=tuple(Chip(value=value, person=person_ref(student_id)) for value, student_id in chips),
    )


def _links(session: Session, scope: Scope) -> LinksPart | None:
    pairs = queries.links(session, scope.school_id, scope.class_id)
    return LinksPart(pairs=tuple((person_ref(one), person_ref(other)) for one, other in pairs)) if pairs else None


def _lessons(
    session: Session, scope: Scope, calendar: Calendar, span: Span | None, room: str | None
) -> LessonsPart | None:
    lessons = queries.placed_lessons(session, scope.school_id) if scope.class_id or room else []
    return lessons_part(
        calendar, span, classes_of(session, scope.school_id), lessons, class_id=scope.class_id, room=room
    )


def _calendar(session: Session, scope: Scope) -> tuple[Calendar, Span | None]:
    """From this week's Monday to the end of the school year: a unit may be alone for a term."""
    monday = scope.today - timedelta(days=scope.today.weekday())
    year = year_span(session, scope.school_id, scope.today)
    if year is None:
        return Calendar(), None
    span = Span(max(monday, year.first), min(year.last, monday + timedelta(days=MAX_DAYS - 1)))
    return calendar_of(session, scope.school_id, span), span


def _each(span: Span) -> Iterable[date]:
    return (span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1))


def _patterns(
    days: Iterable[tuple[date, tuple[T, ...]]],
) -> tuple[tuple[tuple[T, ...], ...], tuple[tuple[date, int], ...]]:
    """Each different day once, and which day is which; a day with nothing is not named."""
    patterns: dict[tuple[T, ...], int] = {}
    pointing = tuple((day, patterns.setdefault(what, len(patterns))) for day, what in days if what)
    return tuple(patterns), pointing
