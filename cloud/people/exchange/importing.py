"""An import from a file: planned and shown, or planned and carried out, in one transaction either way."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kit.clock import school_day
from cloud.people import history_queries as history
from cloud.people.exchange import queries
from cloud.people.exchange.formats import Field
from cloud.people.exchange.planning import Changed, ImportPlan, plan_import
from cloud.people.exchange.reading import Contents
from cloud.people.exchange.rows import TEMPORARY, PupilRow
from cloud.people.names import search_form
from cloud.people.tables import Student

REASON = "sector database"
Progress = Callable[[int, int], None]
"""Called with how many rows are done, and of how many."""


def plan(session: Session, school_id: UUID, contents: Contents) -> ImportPlan:
    """What the import would do; nothing is written."""
    return plan_import(
        contents.pupils,
        contents.rejected,
        queries.known_pupils(session, school_id),
        frozenset(queries.classes_by_name(session, school_id)),
        frozenset(queries.guardians_by_phone(session, school_id)),
    )


def carry_out(
    session: Session, school_id: UUID, planned: ImportPlan, *, now: datetime, by: UUID | None, progress: Progress
) -> None:
    """All of the plan in the caller's transaction, which has also made the plan: nothing can have changed between."""
    writer = _Writer(session, school_id, now, by)
    for one in planned.new_classes:
        writer.classes[one.name] = queries.add_class(session, school_id, one.name, one.grade)
    total = len(planned.new_pupils) + len(planned.changed) + len(planned.leaving)
    done = 0
    for row in planned.new_pupils:
        writer.add(row)
        progress(done := done + 1, total)
    for change in planned.changed:
        writer.change(change)
        progress(done := done + 1, total)
    for change in planned.leaving:
        reason = change.row.detail(Field.STATUS)
        pupil = queries.student(session, change.student_id)
        history.leave(session, pupil, school_day(now), reason, by=by, now=now)
        progress(done := done + 1, total)
    session.flush()


class _Writer:
    def __init__(self, session: Session, school_id: UUID, now: datetime, by: UUID | None) -> None:
        self.classes = queries.classes_by_name(session, school_id)
        self._guardians = queries.guardians_by_phone(session, school_id)
        self._session, self._school_id, self._now, self._by = session, school_id, now, by

    def add(self, row: PupilRow) -> None:
        pupil = Student(
            school_id=self._school_id,
            class_id=self.classes[row.class_name],
            code=row.code,
            full_name=row.full_name,
            search_name=search_form(row.full_name),
            birth_date=row.birth_date,
            personal_id=row.personal_id,
        )
        self._session.add(pupil)
        self._session.flush()
        history.enter(self._session, pupil, school_day(self._now), REASON, by=self._by, now=self._now)
        self._complete(pupil, row)

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
        details = [(field, text) for field, text in row.details if field is not Field.CONTACT_PHONE]
        if details:
            queries.keep_details(self._session, pupil.id, details)
        if row.phone:
            if row.phone not in self._guardians:
                name = row.detail(Field.FATHER_NAME) or row.detail(Field.MOTHER_NAME) or f"PH {row.full_name}"
                self._guardians[row.phone] = queries.add_guardian(self._session, self._school_id, name, row.phone)
            queries.link(self._session, self._guardians[row.phone], pupil.id)
