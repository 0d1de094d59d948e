"""From a OneRoster 1.2 zip to what a dry run can show: pupils with their guardians, staff, and every row that cannot be
used, by its file and number."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase, said_by
from cloud.people.exchange.formats import CLASS_EXPORT, Field
from cloud.people.exchange.reading import MAX_ROWS, MAX_UNPACKED, Contents
from cloud.people.exchange.rows import GuardianRow, PupilRow, Rejected, StaffRow, read_row
from cloud.people.names import one_form
from cloud.people.oneroster import queries
from cloud.people.oneroster.columns import (
    FILES,
    GUARDIANS,
    MINISTRY,
    NEEDED,
    PERSONAL,
    POSITIONS,
    SEXES,
    VERSION,
)
from cloud.people.oneroster.writing import NO_FAMILY
from cloud.people.phones import normal_phone

MANIFEST = "manifest.csv"
MOST_ROWS = MAX_ROWS * 20
"""Of all files together: every pupil is enrolled in every lesson."""
_USER_ID = re.compile(r"\{([^:{}]+):([^{}]*)\}")
_GENDERS = {sex: gender for gender, sex in SEXES.items()}


@dataclass(slots=True)
class _Line:
    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class _Archive:
    lines: dict[str, list[_Line]]
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, name: str, number: int, *reasons: Said) -> None:
        self.rejected.append(Rejected(number, reasons, f"{name}.csv"))

    def by_id(self, name: str, key: str = "sourcedId") -> dict[str, _Line]:
        """The first with an id counts; another one is rejected, as is a line without."""
        found: dict[str, _Line] = {}
        for line in self.lines.get(name, ()):
            its = line.cells.get(key, "")
            if not its:
                self.reject(name, line.number, phrase(marked("%(column)s is missing"), column=key))
            elif its in found:
                self.reject(
                    name, line.number, phrase(marked("the same id as row %(number)s"), number=found[its].number)
                )
            else:
                found[its] = line
        return found


def is_oneroster(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.rsplit("/", 1)[-1] == MANIFEST for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def read_oneroster(content: bytes, name: str, session: Session, school_id: UUID, today: date) -> Contents:
    """Raises Invalid for what is no bulk archive of this version with the files that are needed."""
    archive = _unpack(content, name)
    users, classes, orgs = archive.by_id("users"), archive.by_id("classes"), archive.by_id("orgs")
    known = queries.ids(session, school_id, {one for raw in users if (one := _uuid(raw))})
    own_org = _own_org(orgs, school_id, known.slug)
    ids = {raw: _our_id(raw, school_id, known) for raw in users}
    roles = _roles(archive, users, own_org)
    homeroom = _homerooms(archive, users, classes)
    demographics = archive.by_id("demographics")
    for raw, line in demographics.items():
        if raw not in users:
            archive.reject("demographics", line.number, _unknown("sourcedId", raw))
    guardians = {}
    for raw in users:
        if roles.get(raw) in GUARDIANS and (guardian := _guardian(archive, raw, users, ids)):
            guardians[raw] = guardian
    pupils, staff = [], []
    for raw, line in users.items():
        role = roles.get(raw)
        if role == "student":
            class_line = classes.get(homeroom.get(raw, ""))
            born = demographics.get(raw)
            of = tuple(guardians[one] for one in _list(line.cells.get("agentSourcedIds", "")) if one in guardians)
            row = _pupil(line, class_line, born.cells if born else {}, today, known.codes.get(ids[raw], ""))
            if isinstance(row, PupilRow):
                pupils.append(row.named(ids[raw], of))
            else:
                archive.reject("users", line.number, *row.reasons)
        elif role in POSITIONS:
            code = line.cells.get("identifier") or line.cells.get("username") or raw
            staff.append(StaffRow(line.number, ids[raw], code[:40], _full_name(line.cells), POSITIONS[role]))
        elif role is None:
            archive.reject("users", line.number, marked("has no role at this school in roles.csv"))
    rejected = sorted(archive.rejected, key=lambda one: (one.file, one.number))
    return Contents(CLASS_EXPORT, tuple(pupils), tuple(rejected), staff=tuple(staff))


def _unpack(content: bytes, name: str) -> _Archive:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise Invalid(phrase(marked("%(name)s is too large inside."), name=name))
            texts = {
                one.rsplit("/", 1)[-1]: archive.read(one).decode("utf-8-sig")
                for one in archive.namelist()
                if one.endswith(".csv")
            }
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise Invalid(phrase(marked("%(name)s cannot be read as a zip of CSV files in UTF-8."), name=name)) from error
    wanted = _manifest(texts.get(MANIFEST))
    found = _Archive({})
    for file in FILES:
        if wanted.get(f"file.{file}") == "bulk" or file in NEEDED:
            if f"{file}.csv" not in texts:
                raise Invalid(phrase(marked("%(file)s is missing in the zip."), file=f"{file}.csv"))
            found.lines[file] = list(_lines(found, file, texts[f"{file}.csv"]))
    if sum(map(len, found.lines.values())) > MOST_ROWS:
        raise Invalid(phrase(marked("More than %(most)s rows in one file."), most=MOST_ROWS))
    return found


def _manifest(text: str | None) -> Mapping[str, str]:
    if text is None:
        raise Invalid(phrase(marked("%(file)s is missing in the zip."), file=MANIFEST))
    said = {row[0].strip(): row[1].strip() for row in csv.reader(io.StringIO(text)) if len(row) >= 2}
    if said.get("oneroster.version") != VERSION:
        raise Invalid(marked("manifest.csv: oneroster.version has to be 1.2."))
    if any(value == "delta" for value in said.values()):
        raise Invalid(marked("manifest.csv: changes alone (delta) cannot be taken in; export everything (bulk)."))
    return said


def _lines(archive: _Archive, name: str, text: str) -> Iterator[_Line]:
    """A line of another length than the header is rejected: its cells may have moved."""
    table = csv.reader(io.StringIO(text))
    header = [one.strip() for one in next(table, [])]
    lacking = [one for one in NEEDED.get(name, ("sourcedId",)) if one not in header]
    if lacking:
        raise Invalid(
            phrase(marked("%(file)s: the column %(column)s is missing."), file=f"{name}.csv", column=", ".join(lacking))
        )
    for number, row in enumerate(table, start=2):
        if not any(row):
            continue
        if len(row) != len(header):
            why = marked("the row has %(many)s cells, the header %(wanted)s")
            archive.reject(name, number, phrase(why, many=len(row), wanted=len(header)))
            continue
        cells = {column: one_form(cell) for column, cell in zip(header, row, strict=True)}
        if cells.get("status", "").casefold() != "tobedeleted":
            yield _Line(number, cells)


def _own_org(orgs: Mapping[str, _Line], school_id: UUID, slug: str) -> str:
    """By id, by short name, or the only school that there is."""
    if str(school_id) in orgs:
        return str(school_id)
    schools = [raw for raw, line in orgs.items() if line.cells.get("type") == "school"]
    named = [raw for raw in schools if orgs[raw].cells.get("identifier") == slug]
    if len(named or schools) != 1:
        raise Invalid(marked("orgs.csv: which school is meant? Its sourcedId or identifier has to be this school's."))
    return (named or schools)[0]


def _roles(archive: _Archive, users: Mapping[str, _Line], own_org: str) -> dict[str, str]:
    """The primary role of each user at this school."""
    found: dict[str, str] = {}
    for line in archive.lines["roles"]:
        user, role = line.cells.get("userSourcedId", ""), line.cells.get("role", "")
        if user not in users:
            archive.reject("roles", line.number, _unknown("userSourcedId", user))
        elif role not in POSITIONS and role not in GUARDIANS and role != "student":
            archive.reject("roles", line.number, _unknown("role", role))
        elif line.cells.get("orgSourcedId") == own_org and (
            user not in found or line.cells.get("roleType") == "primary"
        ):
            found[user] = role
    return found


def _homerooms(archive: _Archive, users: Mapping[str, _Line], classes: Mapping[str, _Line]) -> dict[str, str]:
    """The class that each pupil is enrolled in as their own."""
    found: dict[str, str] = {}
    for line in archive.lines["enrollments"]:
        user, klass = line.cells.get("userSourcedId", ""), line.cells.get("classSourcedId", "")
        if user not in users:
            archive.reject("enrollments", line.number, _unknown("userSourcedId", user))
        elif klass not in classes:
            archive.reject("enrollments", line.number, _unknown("classSourcedId", klass))
        elif line.cells.get("role") == "student" and classes[klass].cells.get("classType") == "homeroom":
            found.setdefault(user, klass)
    return found


def _pupil(
    line: _Line, class_line: _Line | None, born: Mapping[str, str], today: date, own_code: str
) -> PupilRow | Rejected:
    if class_line is None:
        return Rejected(line.number, (marked("is enrolled in no class of the type homeroom"),))
    numbers = {kind.casefold(): number.strip() for kind, number in _USER_ID.findall(line.cells.get("userIds", ""))}
    cells = {
        Field.MINISTRY_ID: numbers.get(MINISTRY) or line.cells.get("identifier", ""),
        Field.PERSONAL_ID: numbers.get(PERSONAL, ""),
        Field.FULL_NAME: _full_name(line.cells),
        Field.BIRTH_DATE: born.get("birthDate", ""),
        Field.GENDER: _GENDERS.get(born.get("sex", ""), ""),
        Field.BIRTH_PLACE: born.get("cityOfBirth", ""),
        Field.CLASS: class_line.cells["title"],
        Field.GRADE: class_line.cells.get("grades", "").split(",")[0],
    }
    return read_row(line.number, cells, today, own_code)


def _guardian(archive: _Archive, raw: str, users: Mapping[str, _Line], ids: Mapping[str, UUID]) -> GuardianRow | None:
    line = users[raw]
    written = line.cells.get("sms") or line.cells.get("phone", "")
    try:
        phone = normal_phone(written) if written else None
    except Invalid as error:
        archive.reject("users", line.number, said_by(error))
        return None
    return GuardianRow(ids[raw], _full_name(line.cells)[:120], phone, line.cells.get("email") or None)


def _full_name(cells: Mapping[str, str]) -> str:
    """Family name first, as it is said here."""
    words = (cells.get("familyName", ""), cells.get("middleName", ""), cells.get("givenName", ""))
    return " ".join(word for word in words if word and word != NO_FAMILY)


def _our_id(raw: str, school_id: UUID, known: queries.Ids) -> UUID:
    """A sourcedId that is a UUID is the person's id; from any other one, and from one that is somebody's at another
    school, the same id follows each time."""
    its = _uuid(raw)
    return its if its and its not in known.elsewhere else uuid5(school_id, f"oneroster {raw}")


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None


def _list(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


def _unknown(column: str, value: str) -> Said:
    return phrase(marked("%(column)s “%(value)s” is not known"), column=column, value=value[:40])
