"""One row of a file: a pupil that can be used, or every reason why it cannot. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase, said_by, whole_date
from cloud.people.exchange.cells import Cell, date_of, text_of
from cloud.people.exchange.formats import OWN_FIELDS, Field
from cloud.people.phones import normal_phone

MINISTRY_ID = re.compile(r"\d{10}", re.ASCII)
PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
TEMPORARY = "TAM-"
GENDERS = {"nam": "Nam", "nữ": "Nữ"}
YOUNGEST, OLDEST = 3, 25
LONGEST_NAME = 120
LONGEST_CLASS_NAME = 20
FIRST_GRADE = 1


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """Of a roster, which knows guardians by themselves."""

    guardian_id: UUID
    full_name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class StaffRow:
    number: int
    staff_id: UUID | None
    """Of a roster, which knows staff by our own id."""
    code: str
    """Empty where a sheet gives none: somebody new gets the next one."""
    full_name: str
    position: str
    """For somebody new; of a sheet also for who is there. A key of `staff/keeping.py: POSITIONS`, or a text."""


@dataclass(frozen=True, slots=True)
class PupilRow:
    number: int
    """In the file, as Excel counts, from 1."""
    code: str
    """The ministry's id, or TAM- and the personal id until there is one."""
    personal_id: str | None
    full_name: str
    birth_date: date
    class_name: str
    grade: int
    phone: str | None
    details: tuple[tuple[Field, str], ...] = field(default=())
    """What the file says beyond that, in the order of Field; empty cells are left out."""
    student_id: UUID | None = None
    """Of a roster, which knows pupils by our own id."""
    guardians: tuple[GuardianRow, ...] = ()
    file: str = ""

    def named(self, student_id: UUID, guardians: tuple[GuardianRow, ...]) -> "PupilRow":
        return replace(self, student_id=student_id, guardians=guardians, file="users.csv")

    def detail(self, wanted: Field) -> str:
        return next((text for one, text in self.details if one is wanted), "")


@dataclass(frozen=True, slots=True)
class Rejected:
    number: int
    reasons: tuple[Said, ...]
    file: str = ""
    """Of an archive of several."""


def read_row(number: int, cells: Mapping[Field, Cell], today: date, own_code: str = "") -> PupilRow | Rejected:
    """Everything that is wrong is said at once. `number` as Excel counts rows; `own_code` is the id that a known pupil
    has, which is right whatever it looks like."""
    reasons: list[Said] = []
    personal_id = text_of(cells.get(Field.PERSONAL_ID))
    if personal_id and not PERSONAL_ID.fullmatch(personal_id):
        reasons.append(phrase(marked("the personal id is 12 digits long; this one is %(many)s"), many=len(personal_id)))
    full_name = text_of(cells.get(Field.FULL_NAME))
    if not full_name:
        reasons.append(marked("the name is missing"))
    elif len(full_name) > LONGEST_NAME:
        reasons.append(phrase(marked("the name is longer than %(most)s letters"), most=LONGEST_NAME))
    birth_date = _birth_date(cells.get(Field.BIRTH_DATE), today, reasons)
    class_name = text_of(cells.get(Field.CLASS))
    grade = grade_of(text_of(cells.get(Field.GRADE)), class_name, reasons)
    ministry_id = text_of(cells.get(Field.MINISTRY_ID))
    code = own_code if own_code and ministry_id == own_code else _code(ministry_id, personal_id, grade, reasons)
    phone = _phone(text_of(cells.get(Field.CONTACT_PHONE)), reasons)
    gender = text_of(cells.get(Field.GENDER))
    if gender and gender.casefold() not in GENDERS:
        reasons.append(phrase(marked("the gender is “%(written)s”; it is Nam or Nữ"), written=gender[:20]))
    if reasons or birth_date is None or grade is None:
        return Rejected(number, tuple(reasons))
    details = tuple(
        (one, GENDERS[text.casefold()] if one is Field.GENDER else text)
        for one in Field
        if one not in OWN_FIELDS and (text := text_of(cells.get(one)))
    )
    return PupilRow(number, code, personal_id or None, full_name, birth_date, class_name, grade, phone, details)


def _birth_date(cell: Cell, today: date, reasons: list[Said]) -> date | None:
    try:
        born = date_of(cell)
    except Invalid as error:
        reasons.append(said_by(error))
        return None
    if born is None:
        reasons.append(marked("the birth date is missing"))
    elif not YOUNGEST <= today.year - born.year <= OLDEST:
        reasons.append(
            phrase(
                marked("born on %(day)s: a pupil is %(youngest)s to %(oldest)s years old"),
                day=whole_date(born),
                youngest=YOUNGEST,
                oldest=OLDEST,
            )
        )
    return born


def grade_of(written: str, class_name: str, reasons: list[Said]) -> int | None:
    if not class_name:
        reasons.append(marked("the class is missing"))
        return None
    if len(class_name) > LONGEST_CLASS_NAME:
        reasons.append(phrase(marked("the class's name is longer than %(most)s letters"), most=LONGEST_CLASS_NAME))
        return None
    digits = re.search(r"\d{1,2}", written) or re.match(r"\d{1,2}", class_name)
    grade = int(digits[0]) if digits else 0
    if not 1 <= grade <= 12:
        reasons.append(phrase(marked("no grade can be read from “%(written)s”"), written=written or class_name))
        return None
    return grade


def _code(ministry_id: str, personal_id: str, grade: int | None, reasons: list[Said]) -> str:
    if ministry_id.startswith(TEMPORARY):
        if personal_id and ministry_id == TEMPORARY + personal_id:
            return ministry_id
        ministry_id = ""
    if ministry_id:
        if not MINISTRY_ID.fullmatch(ministry_id):
            reasons.append(
                phrase(marked("the ministry's id is 10 digits long; this one is %(many)s"), many=len(ministry_id))
            )
        return ministry_id
    if not personal_id:
        reasons.append(marked("neither the ministry's id nor a personal id"))
    elif grade not in (None, FIRST_GRADE):
        reasons.append(marked("the ministry's id is missing; only a pupil of grade 1 may come without"))
    return TEMPORARY + personal_id


def _phone(written: str, reasons: list[Said]) -> str | None:
    if not written:
        return None
    try:
        return normal_phone(written)
    except Invalid as error:
        reasons.append(said_by(error))
        return None
