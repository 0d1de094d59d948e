"""An import from a file: planned and shown, or planned and carried out, in one transaction either way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.clock import school_day
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.people import history_queries as history
from cloud.people.exchange import queries
from cloud.people.exchange.calendar import plan_calendar
from cloud.people.exchange.calendar_changes import note, take_in_calendar
from cloud.people.exchange.formats import STAFF, Field
from cloud.people.exchange.planning import Changed, ImportPlan, plan_import
from cloud.people.exchange.reading import Contents
from cloud.people.exchange.rows import LONGEST_NAME, TEMPORARY, GuardianRow, PupilRow
from cloud.people.exchange.staff_sheet import plan_staff
from cloud.people.exchange.teaching import plan_teaching
from cloud.people.exchange.teaching_changes import take_in_teaching
from cloud.people.exchange.teaching_facts import Cell, KnownStaff, Standing
from cloud.people.names import search_form
from cloud.people.tables import Student
from cloud.school import queries as schools
from cloud.school.calendar import setup_queries as calendars
from cloud.school.timetable import setup_queries as timetables

REASON = marked("sector database")
TOGETHER = 100
"""New pupils are written so many at a time: one by one takes ten times as long."""
Progress = Callable[[int, int], None]
"""Called with how many rows are done, and of how many."""


def plan(session: Session, school_id: UUID, contents: Contents, *, sets_calendar: bool) -> ImportPlan:
    """What the import would do; nothing is written. `sets_calendar`: whoever imports may set the calendar up, too."""
    staff = queries.known_staff(session, school_id)
    if contents.format is STAFF:
        return plan_staff(contents.staff, contents.rejected, staff)
    calendar = plan_calendar(
        contents.years,
        contents.subjects,
        [(one.name, one.span) for one in calendars.years(session, school_id)],
        [(one.code, one.name) for one in timetables.subjects(session, school_id)],
        allowed=sets_calendar,
    )
    planned = plan_import(
        contents.pupils,
        contents.rejected,
        queries.known_pupils(session, school_id),
        frozenset(queries.classes_by_name(session, school_id)),
        frozenset(queries.guardians_by_phone(session, school_id)),
        queries.guardian_ids(session, school_id),
        contents.staff,
        staff,
        calendar,
        contents.classes,
    )
    if not contents.homerooms and not contents.teaching:
        return planned
    new = [one.row for one in planned.staff if one.staff_id is None]
    staff += [KnownStaff(one.staff_id, one.code, one.full_name) for one in new if one.staff_id]
    has = _standing(session, school_id, planned, staff)
    return planned.with_teaching(plan_teaching(contents.homerooms, contents.teaching, has, allowed=sets_calendar))


def _standing(session: Session, school_id: UUID, planned: ImportPlan, staff: Sequence[KnownStaff]) -> Standing:
    """What the school has, with what the plan brings already."""
    names = {class_id: name for name, class_id in queries.classes_by_name(session, school_id).items()}
    subjects = {one.id: (one.code, one.name) for one in timetables.subjects(session, school_id)}
    years = calendars.years(session, school_id)
    teaching: dict[Cell, list[UUID]] = {}
    for year in years:
        for term in year.terms:
            for one in timetables.assignments(session, school_id, term.id):
                cell = names[one.class_id], subjects[one.subject_id][0], year.name, term.number
                teaching.setdefault(cell, []).append(one.staff_id)
    known = [(year.name, year.span, tuple(term.span for term in year.terms)) for year in years]
    new = [(year.name, year.span, tuple(term.span for term in year.terms)) for year in planned.new_years]
    return Standing(
        classes=frozenset(names.values()).union(one.name for one in planned.new_classes),
        subjects=[*subjects.values(), *((one.code, one.name) for one in planned.new_subjects)],
        years=[*known, *new],
        staff=staff,
        homerooms={names[one]: appointed for one, appointed in timetables.homerooms(session, school_id).items()},
        teaching=teaching,
    )


def carry_out(
    session: Session, school_id: UUID, planned: ImportPlan, *, now: datetime, by: UUID | None, progress: Progress
) -> None:
    """All of the plan in the caller's transaction, which has also made the plan: nothing can have changed between."""
    noted = take_in_calendar(session, school_id, planned.new_years, planned.new_subjects, now=now)
    writer = _Writer(session, school_id, now, by)
    for one in planned.new_classes:
        writer.classes[one.name] = schools.add_class(session, school_id, one.name, one.grade)
    total = len(planned.new_pupils) + len(planned.changed) + len(planned.leaving) + len(planned.staff)
    done = 0
    for start in range(0, len(planned.new_pupils), TOGETHER):
        chunk = planned.new_pupils[start : start + TOGETHER]
        writer.add(chunk)
        progress(done := done + len(chunk), total)
    for change in planned.changed:
        writer.change(change)
        progress(done := done + 1, total)
    for change in planned.leaving:
        reason = change.row.detail(Field.STATUS)
        pupil = queries.student(session, change.student_id)
        history.leave(session, pupil, school_day(now), reason, by=by, now=now)
        progress(done := done + 1, total)
    for member in planned.staff:
        if member.staff_id is None:
            queries.add_staff(session, school_id, member.row, school_day(now))
        else:
            changed = {one.field for one in member.differences}
            queries.change_staff(session, member.staff_id, changed, member.row)
        progress(done := done + 1, total)
    session.flush()
    noted += take_in_teaching(session, school_id, planned.homerooms, planned.teaching, writer.classes)
    note(session, school_id, noted, by=by, now=now)


class _Writer:
    def __init__(self, session: Session, school_id: UUID, now: datetime, by: UUID | None) -> None:
        self.classes = queries.classes_by_name(session, school_id)
        self._guardians = queries.guardians_by_phone(session, school_id)
        self._guardian_ids = set(queries.guardian_ids(session, school_id))
        self._session, self._school_id, self._now, self._by = session, school_id, now, by

    def add(self, rows: Sequence[PupilRow]) -> None:
        pupils = [
            Student(
                id=row.student_id or new_id(),
                school_id=self._school_id,
                class_id=self.classes[row.class_name],
                code=row.code,
                full_name=row.full_name,
                search_name=search_form(row.full_name),
                birth_date=row.birth_date,
                personal_id=row.personal_id,
            )
            for row in rows
        ]
        queries.add_students(self._session, pupils)
        history.enter_all(self._session, pupils, school_day(self._now), REASON, by=self._by, now=self._now)
        records = {pupil.id: _details(row) for pupil, row in zip(pupils, rows, strict=True)}
        queries.add_details(self._session, records)
        queries.add_links(
            self._session,
            [(one, pupil.id) for pupil, row in zip(pupils, rows, strict=True) for one in self._guardians_of(row)],
        )

    def change(self, change: Changed) -> None:
        row, pupil = change.row, queries.student(self._session, change.student_id)
        if not row.code.startswith(TEMPORARY):
            pupil.code = row.code
        pupil.personal_id = row.personal_id or pupil.personal_id
        pupil.full_name, pupil.search_name = row.full_name, search_form(row.full_name)
        pupil.birth_date = row.birth_date
        class_id, today = self.classes[row.class_name], school_day(self._now)
        if pupil.left_on is not None:
            history.come_back(self._session, pupil, class_id, today, REASON, by=self._by, now=self._now)
        elif class_id != pupil.class_id:
            history.move(self._session, pupil, class_id, today, REASON, by=self._by, now=self._now)
        self._complete(pupil, row)

    def _complete(self, pupil: Student, row: PupilRow) -> None:
        if details := _details(row):
            queries.keep_details(self._session, pupil.id, details)
        for guardian_id in self._guardians_of(row):
            queries.link(self._session, guardian_id, pupil.id)

    def _guardians_of(self, row: PupilRow) -> set[UUID]:
        """Found or made: one for a number."""
        found = set()
        if row.phone:
            name = row.detail(Field.FATHER_NAME) or row.detail(Field.MOTHER_NAME) or f"PH {row.full_name}"
            found.add(self._guardian(GuardianRow(new_id(), name[:LONGEST_NAME], row.phone, None)))
        return found | {self._guardian(one) for one in row.guardians}

    def _guardian(self, one: GuardianRow) -> UUID:
        if one.guardian_id in self._guardian_ids:
            return one.guardian_id
        if one.phone and one.phone in self._guardians:
            return self._guardians[one.phone]
        queries.add_guardian(self._session, self._school_id, one)
        self._guardian_ids.add(one.guardian_id)
        if one.phone:
            self._guardians[one.phone] = one.guardian_id
        return one.guardian_id


def _details(row: PupilRow) -> dict[Field, str]:
    return {field: text for field, text in row.details if field is not Field.CONTACT_PHONE}
