"""What the office does with a pupil: each change is noted in the school's log, by keys and never by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Actor
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, Invalid
from cloud.kit.i18n import Said, marked, phrase
from cloud.people import history_queries as history
from cloud.people.exchange.formats import Field
from cloud.people.exchange.rows import PupilRow, Rejected, read_row
from cloud.people.names import one_form, search_form
from cloud.people.pupils import queries
from cloud.people.pupils.queries import Facts
from cloud.people.tables import Student

TYPED = (
    Field.FULL_NAME, Field.BIRTH_DATE, Field.MINISTRY_ID, Field.PERSONAL_ID, Field.GENDER, Field.ETHNICITY,
    Field.BIRTH_PLACE, Field.ADDRESS,
)  # fmt: skip
"""What the form asks for."""
MOST_REASON, MOST_SCHOOL = 300, 200
TAKEN_BACK = "taken back"


class Unfit(Invalid):
    """A form with every reason why it cannot be taken."""

    def __init__(self, reasons: tuple[Said, ...]) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class When:
    """Of a step: since which day, why, and for a transfer which other school."""

    day: date
    reason: str
    other_school: str = ""


def add(session: Session, actor: Actor, school_id: UUID, typed: Mapping[Field, str], class_id: UUID, when: When,
        now: datetime) -> UUID:  # fmt: skip
    """A new pupil in a class of the school. Raises Unfit, Invalid or Conflict."""
    _check(when, now)
    class_name, grade = _class(session, school_id, class_id)
    row = _read(typed, class_name, grade, now)
    _check_ids(session, school_id, row, besides=None)
    pupil = Student(
        school_id=school_id, class_id=class_id, code=row.code, full_name=row.full_name,
        search_name=search_form(row.full_name), birth_date=row.birth_date, personal_id=row.personal_id,
    )  # fmt: skip
    queries.add(session, pupil)
    queries.set_details(session, pupil.id, dict(row.details))
    history.enter(
        session, pupil, when.day, _reason(when), by=actor.user_id, now=now, other_school=when.other_school or None
    )
    _note(session, actor, pupil, "pupil.added", {"class": class_name, "day": str(when.day)}, now)
    return pupil.id


def change(session: Session, actor: Actor, known: Facts, typed: Mapping[Field, str], now: datetime) -> None:
    """Facts, not the class: that is a step. Raises Unfit or Conflict."""
    row = _read(typed, known.class_name, known.grade, now, own_code=known.code)
    _check_ids(session, known.school_id, row, besides=known.id)
    pupil = queries.student(session, known.id)
    before = {Field.FULL_NAME: pupil.full_name, Field.BIRTH_DATE: pupil.birth_date, Field.MINISTRY_ID: pupil.code,
              Field.PERSONAL_ID: pupil.personal_id, **queries.details(session, known.id)}  # fmt: skip
    pupil.full_name, pupil.search_name = row.full_name, search_form(row.full_name)
    pupil.birth_date, pupil.code, pupil.personal_id = row.birth_date, row.code, row.personal_id
    details = {field: row.detail(field) for field in TYPED if field in typed and field not in _OWN}
    queries.set_details(session, known.id, details)
    after = {Field.FULL_NAME: row.full_name, Field.BIRTH_DATE: row.birth_date, Field.MINISTRY_ID: row.code,
             Field.PERSONAL_ID: row.personal_id, **details}  # fmt: skip
    changed = [field.value for field, value in after.items() if (before.get(field) or None) != (value or None)]
    if changed:
        _note(session, actor, pupil, "pupil.changed", {"fields": ", ".join(changed)}, now)


def move(session: Session, actor: Actor, student_id: UUID, class_id: UUID, when: When, now: datetime) -> None:
    """To another class. Raises Invalid or Conflict."""
    _check(when, now)
    pupil = queries.student(session, student_id)
    history.move(session, pupil, class_id, when.day, _reason(when), by=actor.user_id, now=now)
    class_name, _ = _class(session, pupil.school_id, class_id)
    _note(session, actor, pupil, "pupil.moved", {"class": class_name, "day": str(when.day)}, now)


def leave(session: Session, actor: Actor, student_id: UUID, when: When, now: datetime) -> None:
    """Also to another school. Raises Invalid or Conflict."""
    _check(when, now)
    pupil = queries.student(session, student_id)
    history.leave(
        session, pupil, when.day, _reason(when), by=actor.user_id, now=now, other_school=when.other_school or None
    )
    _note(session, actor, pupil, "pupil.left", {"day": str(when.day)}, now)


def come_back(session: Session, actor: Actor, student_id: UUID, class_id: UUID, when: When, now: datetime) -> None:
    """Raises Invalid or Conflict."""
    _check(when, now)
    pupil = queries.student(session, student_id)
    history.come_back(
        session, pupil, class_id, when.day, _reason(when), by=actor.user_id, now=now,
        other_school=when.other_school or None,
    )  # fmt: skip
    class_name, _ = _class(session, pupil.school_id, class_id)
    _note(session, actor, pupil, "pupil.returned", {"class": class_name, "day": str(when.day)}, now)


def take_back(session: Session, actor: Actor, student_id: UUID, step_id: UUID, now: datetime) -> None:
    """Raises Conflict."""
    pupil = queries.student(session, student_id)
    history.take_back(session, pupil, step_id, TAKEN_BACK, by=actor.user_id, now=now)
    _note(session, actor, pupil, "pupil.step_taken_back", {"step": str(step_id)}, now)


_OWN = frozenset({Field.FULL_NAME, Field.BIRTH_DATE, Field.MINISTRY_ID, Field.PERSONAL_ID})


def _read(typed: Mapping[Field, str], class_name: str, grade: int, now: datetime, own_code: str = "") -> PupilRow:
    """By the same rules as a row of a file."""
    cells = {**typed, Field.CLASS: class_name, Field.GRADE: str(grade)}
    row = read_row(0, cells, school_day(now), own_code)
    if isinstance(row, Rejected):
        raise Unfit(row.reasons)
    return row


def _check_ids(session: Session, school_id: UUID, row: PupilRow, *, besides: UUID | None) -> None:
    same = queries.same_ids(session, school_id, code=row.code, personal_id=row.personal_id, besides=besides)
    if same:
        raise Conflict(
            phrase(
                marked("One of the ids is that of %(name)s. If this is the same pupil, open their page instead."),
                name=same[0].full_name,
            )
        )


def _check(when: When, now: datetime) -> None:
    if when.day > school_day(now):
        raise Invalid(marked("The day lies in the future: write it down when it has come."))
    if not one_form(when.reason) and not when.other_school:
        raise Invalid(marked("Say why, in a few words."))
    if len(when.reason) > MOST_REASON or len(when.other_school) > MOST_SCHOOL:
        raise Invalid(phrase(marked("That is too long: at most %(most)s letters."), most=MOST_SCHOOL))


def _reason(when: When) -> str:
    return one_form(when.reason)


def _class(session: Session, school_id: UUID, class_id: UUID) -> tuple[str, int]:
    found = next(((name, grade) for one, name, grade in queries.classes(session, school_id) if one == class_id), None)
    if found is None:
        raise Invalid(marked("The class is not one of this school's."))
    return found


def _note(
    session: Session, actor: Actor, pupil: Student, action: str, details: Mapping[str, str], now: datetime
) -> None:
    audit.note(session, pupil.school_id, actor.user_id, action, pupil.id, details, now=now)
