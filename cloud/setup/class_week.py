"""A class's week as a form: what may be chosen in each period, and what was chosen."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.i18n import marked
from cloud.kit.web.forms import Typed
from cloud.school.calendar.facts import Taught
from cloud.school.timetable import setup_queries as timetables
from cloud.school.timetable.facts import Lesson
from cloud.school.timetable.setup_queries import Assignment, KnownTimetable, Placed
from cloud.setup.month import NamedClass
from cloud.setup.timetables import Whole
from cloud.setup.week import Place

LONGEST_ROOM = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A subject with who teaches it to the class. `key` is short: it stands in every period of the form."""

    key: str
    name: str
    assignment: Assignment

    def is_of(self, lesson: Lesson) -> bool:
        return (lesson.subject_id, lesson.staff_id) == (self.assignment.subject_id, self.assignment.staff_id)


def choices(session: Session, school_id: UUID, table: Whole, own: NamedClass) -> tuple[Choice, ...]:
    """What is assigned to the class in the timetable's term, in the order of the subjects."""
    assigned = [
        one for one in timetables.assignments(session, school_id, table.known.term_id) if one.class_id == own.id
    ]
    order = list(table.names.subjects)
    assigned.sort(key=lambda one: (order.index(one.subject_id), table.names.staff.get(one.staff_id, "")))
    return tuple(
        Choice(
            one.id.hex[-12:],
            f"{table.names.subjects[one.subject_id]} – {table.names.staff.get(one.staff_id, '?')}",
            one,
        )
        for one in assigned
    )


def field(place: Place) -> str:
    weekday, half, number = place
    return f"{half[0]}{weekday}{number}"


def read(form: Typed, session: Session, school_id: UUID, table: Whole, own: NamedClass) -> list[Placed]:
    """Only periods that ring for the class on half-days that are taught have a field."""
    by_key = {one.key: one.assignment.id for one in choices(session, school_id, table, own)}
    placed: list[Placed] = []
    for schedule in table.bells_of({own.grade}, table.known.valid_from):
        for weekday in range(7):
            for bell in sorted(schedule.bells):
                name = field((weekday, bell.half, bell.number))
                chosen = form.value(name)
                if not chosen or Taught(weekday, bell.half) not in schedule.week:
                    continue
                if chosen not in by_key:
                    form.complain(name, marked("this is not assigned to the class any more"))
                    continue
                room = " ".join(form.value(f"r{name}").split())[:LONGEST_ROOM] or None
                placed.append((by_key[chosen], weekday, bell.half, bell.number, room))
    return placed


def copied(session: Session, school_id: UUID, source: KnownTimetable, term_id: UUID) -> list[Placed]:
    """The lessons of another timetable. In another term they are those of the same class, subject and teacher there."""
    lessons = [one for _, one in timetables.placed(session, source.id)]
    if source.term_id == term_id:
        return lessons

    def told_apart(one: Assignment) -> tuple[UUID, UUID, UUID]:
        return one.class_id, one.subject_id, one.staff_id

    there = {told_apart(one): one.id for one in timetables.assignments(session, school_id, term_id)}
    here = {one.id: told_apart(one) for one in timetables.assignments(session, school_id, source.term_id)}
    return [
        (there[here[assignment]], weekday, half, number, room)
        for assignment, weekday, half, number, room in lessons
        if here.get(assignment) in there
    ]
