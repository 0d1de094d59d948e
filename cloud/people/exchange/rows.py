"""One row of a file: a pupil that can be used, or every reason why it cannot. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cloud.kit.errors import Invalid
from cloud.people.exchange.cells import Cell, date_of, text_of
from cloud.people.exchange.formats import OWN_FIELDS, Field
from cloud.people.phones import normal_phone

MINISTRY_ID = re.compile(r"\d{10}", re.ASCII)
PERSONAL_ID = re.compile(r"\d{12}", re.ASCII)
TEMPORARY = "TAM-"
GENDERS = {"nam": "Nam", "nữ": "Nữ"}
YOUNGEST, OLDEST = 3, 25
LONGEST_NAME = 120
FIRST_GRADE = 1


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

    def detail(self, wanted: Field) -> str:
        return next((text for one, text in self.details if one is wanted), "")


@dataclass(frozen=True, slots=True)
class Rejected:
    number: int
    reasons: tuple[str, ...]


def read_row(number: int, cells: Mapping[Field, Cell], today: date) -> PupilRow | Rejected:
    """Everything that is wrong is said at once. `number` as Excel counts rows."""
    reasons: list[str] = []
    personal_id = text_of(cells.get(Field.PERSONAL_ID))
    if personal_id and not PERSONAL_ID.fullmatch(personal_id):
        reasons.append(f"the personal id has {len(personal_id)} characters; it is 12 digits")
    full_name = text_of(cells.get(Field.FULL_NAME))
    if not full_name or len(full_name) > LONGEST_NAME:
        reasons.append("the name is missing" if not full_name else f"the name is longer than {LONGEST_NAME} letters")
    birth_date = _birth_date(cells.get(Field.BIRTH_DATE), today, reasons)
    class_name = text_of(cells.get(Field.CLASS))
    grade = _grade(text_of(cells.get(Field.GRADE)), class_name, reasons)
    ministry_id = text_of(cells.get(Field.MINISTRY_ID))
    code = _code(ministry_id, personal_id, grade, reasons)
    phone = _phone(text_of(cells.get(Field.CONTACT_PHONE)), reasons)
    gender = text_of(cells.get(Field.GENDER))
    if gender and gender.casefold() not in GENDERS:
        reasons.append(f"the gender is “{gender[:20]}”; it is Nam or Nữ")
    if reasons or birth_date is None or grade is None:
        return Rejected(number, tuple(reasons))
    details = tuple(
        (one, GENDERS[text.casefold()] if one is Field.GENDER else text)
        for one in Field
        if one not in OWN_FIELDS and (text := text_of(cells.get(one)))
    )
    return PupilRow(number, code, personal_id or None, full_name, birth_date, class_name, grade, phone, details)


def _birth_date(cell: Cell, today: date, reasons: list[str]) -> date | None:
    try:
        born = date_of(cell)
    except Invalid as error:
        reasons.append(f"birth date: {error}")
        return None
    if born is None:
        reasons.append("the birth date is missing")
    elif not YOUNGEST <= today.year - born.year <= OLDEST:
        reasons.append(f"born on {born:%d/%m/%Y}: a pupil is {YOUNGEST} to {OLDEST} years old")
    return born


def _grade(written: str, class_name: str, reasons: list[str]) -> int | None:
    if not class_name or len(class_name) > 20:
        reasons.append("the class is missing" if not class_name else "the class's name is longer than 20 letters")
        return None
    digits = re.search(r"\d{1,2}", written) or re.match(r"\d{1,2}", class_name)
    grade = int(digits[0]) if digits else 0
    if not 1 <= grade <= 12:
        reasons.append(f"no grade can be read from “{written or class_name}”")
        return None
    return grade


def _code(ministry_id: str, personal_id: str, grade: int | None, reasons: list[str]) -> str:
    if ministry_id.startswith(TEMPORARY):
        ministry_id = ""
    if ministry_id:
        if not MINISTRY_ID.fullmatch(ministry_id):
            reasons.append(f"the ministry's id has {len(ministry_id)} characters; it is 10 digits")
        return ministry_id
    if not personal_id:
        reasons.append("neither the ministry's id nor a personal id")
    elif grade not in (None, FIRST_GRADE):
        reasons.append("the ministry's id is missing; only a pupil of grade 1 may come without")
    return TEMPORARY + personal_id


def _phone(written: str, reasons: list[str]) -> str | None:
    if not written:
        return None
    try:
        return normal_phone(written)
    except Invalid as error:
        reasons.append(f"phone: {error}")
        return None
