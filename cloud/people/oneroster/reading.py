"""From a OneRoster 1.2 zip to what a dry run can show: pupils with their guardians, staff, who teaches what, school
years, subjects, and every row that cannot be used, by its file and number."""

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from cloud.kit.errors import Invalid
from cloud.kit.i18n import marked, said_by
from cloud.people.exchange.formats import CLASS_EXPORT, Field
from cloud.people.exchange.reading import Contents, same_id, unique
from cloud.people.exchange.rows import GuardianRow, PupilRow, Rejected, StaffRow, read_row
from cloud.people.oneroster import queries
from cloud.people.oneroster.archive import Archive, Line, listed, unknown, unpack, uuid_of
from cloud.people.oneroster.calendar import read_subjects, read_years
from cloud.people.oneroster.classes import HOMEROOM, first_grade, read_classes
from cloud.people.oneroster.columns import GUARDIANS, MINISTRY, PERSONAL, POSITIONS, SEXES
from cloud.people.oneroster.teaching import read_teachers
from cloud.people.oneroster.writing import NO_FAMILY
from cloud.people.phones import normal_phone

_USER_ID = re.compile(r"\{([^:{}]+):([^{}]*)\}")
_GENDERS = {sex: gender for gender, sex in SEXES.items()}


def read_oneroster(content: bytes, name: str, session: Session, school_id: UUID, today: date) -> Contents:
    """Raises Invalid for what is no bulk archive of this version with the files that are needed."""
    archive = unpack(content, name)
    users, classes, orgs = archive.by_id("users"), archive.by_id("classes"), archive.by_id("orgs")
    known = queries.ids(session, school_id, {one for raw in users if (one := uuid_of(raw))})
    own_org = _own_org(orgs, school_id, known.slug)
    ids = {raw: _our_id(raw, school_id, known) for raw in users}
    roles = _roles(archive, users, own_org)
    homeroom = _homerooms(archive, users, classes)
    demographics = archive.by_id("demographics")
    for raw, line in demographics.items():
        if raw not in users:
            archive.reject("demographics", line.number, unknown("sourcedId", raw))
    guardians = {}
    for raw in users:
        if roles.get(raw) in GUARDIANS and (guardian := _guardian(archive, raw, users, ids)):
            guardians[raw] = guardian
    pupils, staff = list[PupilRow](), dict[str, StaffRow]()
    first_with: dict[str, int] = {}
    for raw, line in users.items():
        role = roles.get(raw)
        if role == "student":
            class_line = classes.get(homeroom.get(raw, ""))
            born = demographics.get(raw)
            of = tuple(guardians[one] for one in listed(line.cells.get("agentSourcedIds", "")) if one in guardians)
            row = _pupil(line, class_line, born.cells if born else {}, today, known.codes.get(ids[raw], ""))
            if isinstance(row, PupilRow):
                pupils.append(row.named(ids[raw], of))
            else:
                archive.reject("users", line.number, *row.reasons)
        elif role in POSITIONS:
            code = (line.cells.get("identifier") or line.cells.get("username") or raw)[:40]
            first = first_with.setdefault(code, line.number)
            if first == line.number:
                staff[raw] = StaffRow(line.number, ids[raw], code, _full_name(line.cells), POSITIONS[role])
            else:
                archive.reject("users", line.number, same_id(first))
        elif role is None:
            archive.reject("users", line.number, marked("has no role at this school in roles.csv"))
    pupils, doubled = unique(pupils)
    for again in doubled:
        archive.reject("users", again.number, *again.reasons)
    classes_of_school = read_classes(archive, own_org)
    years, subjects = read_years(archive), read_subjects(archive, orgs, classes, own_org)
    teachers = read_teachers(archive, staff, homeroom, years, own_org, today)
    rejected = sorted(archive.rejected, key=lambda one: (one.file, one.number))
    return Contents(
        CLASS_EXPORT, tuple(pupils), tuple(rejected), staff=tuple(staff.values()), classes=classes_of_school,
        years=years, subjects=subjects, homerooms=teachers.homerooms, teaching=teachers.teaching,
    )  # fmt: skip


def _own_org(orgs: Mapping[str, Line], school_id: UUID, slug: str) -> str:
    """By id, by short name, or the only school that there is."""
    if str(school_id) in orgs:
        return str(school_id)
    schools = [raw for raw, line in orgs.items() if line.cells.get("type") == "school"]
    named = [raw for raw in schools if orgs[raw].cells.get("identifier") == slug]
    if len(named or schools) != 1:
        raise Invalid(marked("orgs.csv: which school is meant? Its sourcedId or identifier has to be this school's."))
    return (named or schools)[0]


def _roles(archive: Archive, users: Mapping[str, Line], own_org: str) -> dict[str, str]:
    """The primary role of each user at this school."""
    found: dict[str, str] = {}
    for line in archive.lines["roles"]:
        user, role = line.cells.get("userSourcedId", ""), line.cells.get("role", "")
        if user not in users:
            archive.reject("roles", line.number, unknown("userSourcedId", user))
        elif role not in POSITIONS and role not in GUARDIANS and role != "student":
            archive.reject("roles", line.number, unknown("role", role))
        elif line.cells.get("orgSourcedId") == own_org and (
            user not in found or line.cells.get("roleType") == "primary"
        ):
            found[user] = role
    return found


def _homerooms(archive: Archive, users: Mapping[str, Line], classes: Mapping[str, Line]) -> dict[str, str]:
    """The class that each pupil is enrolled in as their own. What is wrong with a teacher's row is said where those
    are read."""
    found: dict[str, str] = {}
    for line in archive.lines["enrollments"]:
        user, klass = line.cells.get("userSourcedId", ""), line.cells.get("classSourcedId", "")
        if line.cells.get("role") == "teacher":
            continue
        if user not in users:
            archive.reject("enrollments", line.number, unknown("userSourcedId", user))
        elif klass not in classes:
            archive.reject("enrollments", line.number, unknown("classSourcedId", klass))
        elif line.cells.get("role") == "student" and classes[klass].cells.get("classType") == HOMEROOM:
            found.setdefault(user, klass)
    return found


def _pupil(
    line: Line, class_line: Line | None, born: Mapping[str, str], today: date, own_code: str
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
        Field.GRADE: first_grade(class_line),
    }
    return read_row(line.number, cells, today, own_code)


def _guardian(archive: Archive, raw: str, users: Mapping[str, Line], ids: Mapping[str, UUID]) -> GuardianRow | None:
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
    its = uuid_of(raw)
    return its if its and its not in known.elsewhere else uuid5(school_id, f"oneroster {raw}")
