"""A school's timetable with the names in it, for the pages that show and change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.errors import NotFound
from cloud.school.calendar import setup_queries
from cloud.school.calendar.facts import BellSchedule
from cloud.school.calendar.rules import schedule_for
from cloud.school.timetable.facts import Lesson
from cloud.school.timetable.queries import lessons_of
from cloud.school.timetable.rules import Verdict, check
from cloud.school.timetable.setup_queries import KnownTimetable, subjects, timetables
from cloud.setup import queries, teaching
from cloud.setup.month import NamedClass
from cloud.setup.week import Names


@dataclass(frozen=True, slots=True)
class Whole:
    """A timetable with everything that it is read by."""

    known: KnownTimetable
    lessons: list[Lesson]
    schedules: tuple[BellSchedule, ...]
    classes: list[NamedClass]
    names: Names

    def verdict(self, lessons: Sequence[Lesson] | None = None) -> Verdict:
        """On this timetable, or on these lessons in its place."""
        return check(self.lessons if lessons is None else lessons, self.schedules, self.known.valid_from)

    def bells_of(self, grades: set[int], day: date) -> list[BellSchedule]:
        """Those that ring for these grades when the timetable holds, each once."""
        found: list[BellSchedule] = []
        for grade in sorted(grades):
            schedule = schedule_for(self.schedules, max(day, self.known.valid_from), grade)
            if schedule is not None and schedule not in found:
                found.append(schedule)
        return found


def whole(session: Session, school_id: UUID, known: KnownTimetable) -> Whole:
    classes = queries.classes(session, school_id)
    names = Names(
        {one.id: one.name for one in classes},
        {one.id: one.name for one in subjects(session, school_id)},
        teaching.labels(queries.staff(session, school_id)),
    )
    schedules = tuple(one.schedule for one in setup_queries.schedules(session, school_id))
    return Whole(known, lessons_of(session, known.id), schedules, classes, names)


def own_timetable(session: Session, school_id: UUID, timetable_id: UUID) -> KnownTimetable:
    """Raises NotFound alike for one that is not there and for one of another school."""
    found = next((one for one in timetables(session, school_id) if one.id == timetable_id), None)
    if found is None:
        raise NotFound("No such timetable in this school.")
    return found


def in_force(known: Sequence[KnownTimetable], day: date) -> KnownTimetable | None:
    """The one that holds on `day`; where none does, the next to come."""
    holding = [one for one in known if one.valid_from <= day <= one.term.last]
    coming = [one for one in known if one.valid_from > day]
    return max(holding, key=lambda one: one.valid_from, default=None) or min(
        coming, key=lambda one: one.valid_from, default=None
    )
