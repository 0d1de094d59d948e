"""Homeroom teachers and assignments of an import taken in, and noted as those that somebody typed are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.people.exchange.calendar_changes import Noted
from cloud.people.exchange.teaching_facts import HomeroomChange, TeachingChange
from cloud.school.calendar import setup_queries as calendars
from cloud.school.timetable import queries as timetable
from cloud.school.timetable import setup_queries as timetables


def take_in_teaching(
    session: Session,
    school_id: UUID,
    homerooms: Iterable[HomeroomChange],
    teaching: Sequence[TeachingChange],
    classes: Mapping[str, UUID],
) -> list[Noted]:
    """When the years, subjects, classes and staff of the same file are there. `classes` by name."""
    noted = []
    for one in homerooms:
        timetable.appoint_homeroom_teacher(session, classes[one.class_name], one.staff_id, one.from_day)
        facts = {"class": one.class_name, "staff": one.code, "from": str(one.from_day)}
        noted.append(Noted("class.homeroom", classes[one.class_name], facts))
    if not teaching:
        return noted
    subjects = {one.code: one.id for one in timetables.subjects(session, school_id)}
    terms = {(year.name, one.number): one.id for year in calendars.years(session, school_id) for one in year.terms}
    added: Counter[UUID] = Counter()
    for change in teaching:
        term_id, subject_id = terms[change.year, change.term], subjects[change.subject_code]
        class_id, staff_id = classes[change.class_name], change.staff_id
        timetable.assign(session, term_id=term_id, class_id=class_id, subject_id=subject_id, staff_id=staff_id)
        added[term_id] += 1
    for term_id, many in added.items():
        noted.append(Noted("teaching.assigned", term_id, {"added": str(many), "replaced": "0", "removed": "0"}))
    return noted
