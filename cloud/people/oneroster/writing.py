"""A school's roster as a OneRoster 1.2 zip, in bulk: sourcedIds are our own ids, or follow from them."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID, uuid5

from cloud.people.exchange.formats import Field
from cloud.people.oneroster.columns import (
    ABSENT,
    FILES,
    MINISTRY,
    PERSONAL,
    SEXES,
    STAFF_ROLES,
    VERSION,
    grade_code,
)
from cloud.people.oneroster.queries import Roster
from cloud.people.tables import Guardian, StaffMember, Student
from cloud.school.calendar.tables import Term

Row = Mapping[str, object]
NO_FAMILY = "-"
"""The standard wants a family name; whoever has one word for a name has none."""


def write_oneroster(roster: Roster) -> bytes:
    rows: dict[str, list[Row]] = {
        "orgs": [{"sourcedId": roster.school.id, "name": roster.school.name, "type": "school",
                  "identifier": roster.school.slug}],
        "academicSessions": list(_sessions(roster)),
        "courses": list(_courses(roster)),
        "classes": list(_classes(roster)),
        "users": list(_users(roster)),
        "roles": list(_roles(roster)),
        "enrollments": list(_enrollments(roster)),
        "demographics": list(_demographics(roster)),
    }  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", _csv(("propertyName", "value"), _manifest()))
        for name, columns in FILES.items():
            archive.writestr(f"{name}.csv", _csv(columns, rows[name]))
    return file.getvalue()


def split_name(full_name: str) -> tuple[str, str, str]:
    """Family, middle and given name: Nguyễn | Thị Ngọc | Lan."""
    words = full_name.split()
    if len(words) == 1:
        return NO_FAMILY, "", words[0]
    return words[0], " ".join(words[1:-1]), words[-1]


def _csv(columns: Iterable[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(columns), restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _manifest() -> list[Row]:
    properties = {"manifest.version": "1.0", "oneroster.version": VERSION}
    properties |= {f"file.{name}": "bulk" if name in FILES else "absent" for name in sorted((*FILES, *ABSENT))}
    properties |= {"source.systemName": "Diemdanh", "source.systemCode": "diemdanh"}
    return [{"propertyName": name, "value": value} for name, value in properties.items()]


def _sessions(roster: Roster) -> Iterable[Row]:
    ends = {one.id: one.last_day.year for one in roster.years}
    for year in roster.years:
        yield {"sourcedId": year.id, "title": year.name, "type": "schoolYear", "startDate": year.first_day,
               "endDate": year.last_day, "schoolYear": year.last_day.year}  # fmt: skip
    for term in roster.terms:
        yield {"sourcedId": term.id, "title": f"Học kỳ {term.number}", "type": "semester", "startDate": term.first_day,
               "endDate": term.last_day, "parentSourcedId": term.year_id, "schoolYear": ends[term.year_id]}  # fmt: skip


def homeroom_course(school_id: UUID) -> UUID:
    """What every homeroom is a class of; it is no subject."""
    return uuid5(school_id, "homeroom")


def lesson_class(class_id: UUID, subject_id: UUID) -> UUID:
    """A subject as it is taught to a class."""
    return uuid5(class_id, str(subject_id))


def _courses(roster: Roster) -> Iterable[Row]:
    yield {"sourcedId": homeroom_course(roster.school.id), "title": "Sinh hoạt lớp", "courseCode": "SHL",
           "orgSourcedId": roster.school.id}  # fmt: skip
    for one in roster.subjects:
        yield {"sourcedId": one.id, "title": one.name, "courseCode": one.code, "orgSourcedId": roster.school.id}


def _lessons(roster: Roster) -> dict[tuple[UUID, UUID], dict[UUID, set[UUID]]]:
    """Class and subject to the teachers, each with their terms."""
    found: dict[tuple[UUID, UUID], dict[UUID, set[UUID]]] = {}
    for one in roster.teaching:
        found.setdefault((one.class_id, one.subject_id), {}).setdefault(one.staff_id, set()).add(one.term_id)
    return found


def _runs(taught: set[UUID], terms: Sequence[Term]) -> Iterable[tuple[object, object]]:
    """First and last day of the terms in a row that a teacher has, of all `terms` of a lesson; empty where the lesson
    itself begins and ends."""
    has = [one.id in taught for one in terms]
    begins: object = ""
    for at, term in enumerate(terms):
        if has[at] and at > 0 and not has[at - 1]:
            begins = term.first_day
        if has[at] and (at + 1 == len(terms) or not has[at + 1]):
            yield begins, term.last_day if at + 1 < len(terms) else ""


def _classes(roster: Roster) -> Iterable[Row]:
    latest = roster.years[-1].id if roster.years else None
    terms = ",".join(str(one.id) for one in roster.terms if one.year_id == latest)
    by_id = {one.id: one for one in roster.classes}
    for one in roster.classes:
        yield {"sourcedId": one.id, "title": one.name, "grades": grade_code(one.grade), "classCode": one.name,
               "courseSourcedId": homeroom_course(roster.school.id), "classType": "homeroom",
               "schoolSourcedId": roster.school.id, "termSourcedIds": terms}  # fmt: skip
    subjects = {one.id: one for one in roster.subjects}
    for (class_id, subject_id), teachers in _lessons(roster).items():
        one, subject = by_id[class_id], subjects[subject_id]
        yield {"sourcedId": lesson_class(class_id, subject_id), "title": f"{one.name} {subject.name}",
               "grades": grade_code(one.grade), "classCode": f"{one.name}-{subject.code}",
               "courseSourcedId": subject_id, "classType": "scheduled", "schoolSourcedId": roster.school.id,
               "subjects": subject.name, "subjectCodes": subject.code,
               "termSourcedIds": ",".join(sorted(map(str, set().union(*teachers.values()))))}  # fmt: skip


def _user(one: Student | Guardian | StaffMember, **more: object) -> Row:
    family, middle, given = split_name(one.full_name)
    return {"sourcedId": one.id, "enabledUser": "true", "familyName": family, "middleName": middle, "givenName": given,
            "primaryOrgSourcedId": one.school_id, **more}  # fmt: skip


def _users(roster: Roster) -> Iterable[Row]:
    grades = {one.id: grade_code(one.grade) for one in roster.classes}
    for pupil, _, guardians in roster.pupils:
        numbers = [(MINISTRY, pupil.code)] + ([(PERSONAL, pupil.personal_id)] if pupil.personal_id else [])
        yield _user(
            pupil, username=pupil.code, identifier=pupil.code, grades=grades[pupil.class_id],
            userIds=",".join(f"{{{kind}:{number}}}" for kind, number in numbers),
            agentSourcedIds=",".join(map(str, guardians)),
        )  # fmt: skip
    for guardian in roster.guardians:
        phone = guardian.phone or ""
        yield _user(guardian, username=phone or guardian.id, email=guardian.email or "", sms=phone, phone=phone)
    for member in roster.staff:
        yield _user(member, username=member.code, identifier=member.code)


def _roles(roster: Roster) -> Iterable[Row]:
    held = [(one.id, "student") for one, _, _ in roster.pupils]
    held += [(one.id, "guardian") for one in roster.guardians]
    held += [(one.id, STAFF_ROLES.get(one.position, "aide")) for one in roster.staff]
    for user_id, role in held:
        yield {"sourcedId": uuid5(user_id, role), "userSourcedId": user_id, "roleType": "primary", "role": role,
               "orgSourcedId": roster.school.id}  # fmt: skip


def _enrollments(roster: Roster) -> Iterable[Row]:
    def row(class_id: UUID, user_id: UUID, role: str, primary: str, begins: object = "", ends: object = "") -> Row:
        own = f"{role} {user_id} {begins}".strip()
        return {"sourcedId": uuid5(class_id, own), "classSourcedId": class_id, "userSourcedId": user_id,
                "schoolSourcedId": roster.school.id, "role": role, "primary": primary, "beginDate": begins,
                "endDate": ends}  # fmt: skip

    members: dict[UUID, list[UUID]] = {}
    for pupil, _, _ in roster.pupils:
        members.setdefault(pupil.class_id, []).append(pupil.id)
        yield row(pupil.class_id, pupil.id, "student", "false")
    there = {one.id for one in roster.staff}
    for class_id, staff_id in roster.homerooms.items():
        if staff_id in there:
            yield row(class_id, staff_id, "teacher", "true")
    for (class_id, subject_id), teachers in _lessons(roster).items():
        lesson, taught_in = lesson_class(class_id, subject_id), set().union(*teachers.values())
        terms = [one for one in roster.terms if one.id in taught_in]
        for number, staff_id in enumerate(sorted(teachers.keys() & there, key=str)):
            for begins, ends in _runs(teachers[staff_id], terms):
                yield row(lesson, staff_id, "teacher", "true" if number == 0 else "false", begins, ends)
        for student_id in members.get(class_id, ()):
            yield row(lesson, student_id, "student", "false")


def _demographics(roster: Roster) -> Iterable[Row]:
    for pupil, details, _ in roster.pupils:
        yield {"sourcedId": pupil.id, "birthDate": pupil.birth_date or "",
               "sex": SEXES.get(details.get(Field.GENDER, ""), ""),
               "cityOfBirth": details.get(Field.BIRTH_PLACE, "")}  # fmt: skip
