"""A school's roster as OneRoster 1.2: out as the standard has it, in again with no change, and every bad row named."""

import csv
import io
import zipfile
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.people.exchange.importing import carry_out, plan
from cloud.people.exchange.planning import ImportPlan
from cloud.people.oneroster.archive import is_oneroster
from cloud.people.oneroster.columns import FILES
from cloud.people.oneroster.queries import roster
from cloud.people.oneroster.reading import read_oneroster
from cloud.people.oneroster.writing import split_name, write_oneroster
from cloud.people.tables import Guardian, Guardianship, StaffMember, Student, StudentRecord
from cloud.school.tables import School
from cloud.school.timetable.queries import appoint_homeroom_teacher
from cloud.school.timetable.tables import Subject, TeachingAssignment
from tests.cloud.schoolhouse import MONDAY, Schoolhouse, at, open_school

NOW = at("08:00")


@pytest.fixture
def house(database: Database) -> Schoolhouse:
    """A small school with something of everything; its pupils have ids as the ministry gives them."""
    with database.writing() as session:
        house = open_school(session)
        for number, student_id in enumerate(house.student_ids):
            pupil = session.get_one(Student, student_id)
            pupil.code, pupil.birth_date = f"790000000{number}", MONDAY.replace(year=2020, month=number + 1)
            pupil.full_name = ("Nguyễn Thị Ngọc Lan", "Đặng Ánh", "Nam")[number]
        pupil.personal_id, pupil.code = "001320000001", "TAM-001320000001"
        session.add(StudentRecord(student_id=pupil.id, details={"gender": "Nữ", "birth_place": "Bến Tre"}))
        mother = Guardian(school_id=house.school_id, full_name="Trần Thị Thủy", phone="84987654321")
        father = Guardian(school_id=house.school_id, full_name="Bố, có dấu phẩy", email="bo@example.vn")
        subject = Subject(school_id=house.school_id, code="TOAN", name="Toán")
        session.add_all([mother, father, subject])
        session.flush()
        for guardian, student_id in ((mother, 0), (mother, 1), (father, 1)):
            session.add(Guardianship(guardian_id=guardian.id, student_id=house.student_ids[student_id]))
        appoint_homeroom_teacher(session, house.class_id, house.staff_id, MONDAY)
        [term, _] = roster(session, house.school_id, MONDAY).terms
        session.add(
            TeachingAssignment(term_id=term.id, class_id=house.class_id, subject_id=subject.id, staff_id=house.staff_id)
        )
    return house


def export(database: Database, school_id: UUID) -> bytes:
    with database.reading() as session:
        return write_oneroster(roster(session, school_id, MONDAY))


def look(database: Database, school_id: UUID, content: bytes, *, sets_calendar: bool = True) -> ImportPlan:
    with database.reading() as session:
        contents = read_oneroster(content, "r.zip", session, school_id, MONDAY)
        return plan(session, school_id, contents, sets_calendar=sets_calendar)


def tables(content: bytes) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
        }


def packed(files: dict[str, list[list[str]]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in files.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            archive.writestr(f"{name}.csv", "\ufeff" + text.getvalue())
    return out.getvalue()


def test_the_export_has_the_standards_files_and_headers_and_every_reference_leads_somewhere(
    database: Database, house: Schoolhouse
) -> None:
    content = export(database, house.school_id)
    assert is_oneroster(content)
    found = tables(content)
    manifest = dict(found.pop("manifest"))
    assert (manifest["manifest.version"], manifest["oneroster.version"]) == ("1.0", "1.2")
    assert {name for name, mode in manifest.items() if mode == "bulk"} == {f"file.{name}" for name in found}
    assert sum(mode == "absent" for mode in manifest.values()) == 13
    assert {name: tuple(rows[0]) for name, rows in found.items()} == FILES
    rows = {name: [dict(zip(table[0], row, strict=True)) for row in table[1:]] for name, table in found.items()}
    ids = {name: [row["sourcedId"] for row in table] for name, table in rows.items()}
    assert all(len(set(one)) == len(one) > 0 for one in ids.values())
    refers = {"courseSourcedId": "courses", "userSourcedId": "users", "classSourcedId": "classes",
              "orgSourcedId": "orgs", "schoolSourcedId": "orgs", "primaryOrgSourcedId": "orgs",
              "termSourcedIds": "academicSessions", "agentSourcedIds": "users"}  # fmt: skip
    for table in rows.values():
        for row in table:
            for column, target in refers.items():
                assert set(filter(None, row.get(column, "").split(","))) <= set(ids[target])
    lan = next(row for row in rows["users"] if row["sourcedId"] == str(house.student_ids[0]))
    assert (lan["familyName"], lan["middleName"], lan["givenName"]) == ("Nguyễn", "Thị Ngọc", "Lan")
    assert {row["classType"] for row in rows["classes"]} == {"homeroom", "scheduled"}
    assert sum(row["role"] == "teacher" for row in rows["enrollments"]) == 2


def test_the_export_imported_again_changes_nothing(database: Database, house: Schoolhouse) -> None:
    planned = look(database, house.school_id, export(database, house.school_id))
    assert planned.unchanged == 3, planned
    nothing = (planned.new_pupils, planned.changed, planned.leaving, planned.rejected, planned.staff,
               planned.new_classes, planned.new_guardian_phones, planned.new_guardians)  # fmt: skip
    assert nothing == ((),) * 8


def test_another_service_takes_all_of_them_in_and_a_second_time_nobody(database: Database, house: Schoolhouse) -> None:
    """The same installation holds both schools, so the ids are somebody's: new ones follow from them."""
    content = export(database, house.school_id)
    with database.writing() as session:
        other = School(name="Trường mới", level="primary", slug="moi")
        session.add(other)
        session.flush()
        contents = read_oneroster(content, "r.zip", session, other.id, MONDAY)
        planned = plan(session, other.id, contents, sets_calendar=True)
        assert (len(planned.new_pupils), len(planned.staff), len(planned.new_guardians)) == (3, 1, 1)
        carry_out(session, other.id, planned, now=NOW, by=None, progress=lambda done, total: None)
    with database.reading() as session:
        names = set(session.scalars(select(Student.full_name).where(Student.school_id == other.id)))
        assert names == {"Nguyễn Thị Ngọc Lan", "Đặng Ánh", "Nam"}
        of = session.execute(
            select(Guardian.full_name, Student.full_name)
            .join(Guardianship, Guardianship.guardian_id == Guardian.id)
            .join(Student, Student.id == Guardianship.student_id)
            .where(Guardian.school_id == other.id)
        ).all()
        assert {tuple(one) for one in of} == {
            ("Trần Thị Thủy", "Nguyễn Thị Ngọc Lan"), ("Trần Thị Thủy", "Đặng Ánh"), ("Bố, có dấu phẩy", "Đặng Ánh")
        }  # fmt: skip
        assert session.scalars(select(StaffMember.full_name).where(StaffMember.school_id == other.id)).one() == "Cô Mai"
    again = look(database, other.id, content)
    assert (again.unchanged, again.new_pupils, again.changed, again.staff) == (3, (), (), ())


def test_every_row_that_cannot_be_used_is_named_by_file_and_row_and_the_others_stay(
    database: Database, house: Schoolhouse
) -> None:
    files = tables(export(database, house.school_id))
    files["users"].append(["too", "short"])
    files["users"].append(files["users"][1])
    files["roles"].append([str(uuid4()), "", "", "nobody", "primary", "student", "", "", str(house.school_id), ""])
    files["enrollments"].append(
        [str(uuid4()), "", "", "no class", "", str(house.student_ids[0]), "student", "", "", ""]
    )
    files["enrollments"].append([str(uuid4()), "", "", str(house.class_id), "", "nobody", "teacher", "", "", ""])
    title, grades, kind = (files["classes"][0].index(one) for one in ("title", "grades", "classType"))
    homeroom = next(row for row in files["classes"][1:] if row[kind] == "homeroom")
    ungraded = ["no grade", *homeroom[1:]]
    ungraded[title], ungraded[grades] = "Lớp ghép", ""
    files["classes"].append(ungraded)
    files["demographics"][1][3] = "2020-02-31"
    guardian = next(row for row in files["users"][1:] if row[11])
    guardian[11] = guardian[12] = "1234"
    rejected = look(database, house.school_id, packed(files)).rejected
    said = {(one.file, one.number): str(one.reasons[0]) for one in rejected}
    count = len(files["users"])
    assert "cells" in said["users.csv", count - 1]
    assert "same id" in said["users.csv", count]
    assert "no date" in said["users.csv", 2]
    assert "phone" in said["users.csv", files["users"].index(guardian) + 1]
    assert "nobody" in said["roles.csv", len(files["roles"])]
    assert "no class" in said["enrollments.csv", len(files["enrollments"]) - 1]
    assert "nobody" in said["enrollments.csv", len(files["enrollments"])]
    assert "no grade" in said["classes.csv", len(files["classes"])]
    assert len(said) == len(rejected) == 8


def test_two_rows_with_one_id_are_not_two_people_and_the_first_goes_in(database: Database, house: Schoolhouse) -> None:
    files = tables(export(database, house.school_id))
    first = {}
    for who in (house.student_ids[1], house.staff_id):
        row = next(at for at, row in enumerate(files["users"]) if row[0] == str(who))
        first[len(files["users"]) + 1] = row + 1
        again = str(uuid4())
        files["users"].append([again, *files["users"][row][1:]])
        files["demographics"] += [[again, *row[1:]] for row in files["demographics"] if row[0] == str(who)]
        for name, column in (("roles", 3), ("enrollments", 5)):
            of = [row for row in files[name] if row[column] == str(who)]
            files[name] += [[str(uuid4()), *row[1:column], again, *row[column + 1 :]] for row in of]
    with database.writing() as session:
        other = School(name="Trường mới", level="primary", slug="moi")
        session.add(other)
        session.flush()
        contents = read_oneroster(packed(files), "r.zip", session, other.id, MONDAY)
        planned = plan(session, other.id, contents, sets_calendar=False)
        said = {one.number: str(one.reasons[0]) for one in planned.rejected if one.file == "users.csv"}
        assert said == {number: f"the same id as row {row}" for number, row in first.items()}
        carry_out(session, other.id, planned, now=NOW, by=None, progress=lambda done, total: None)
        assert (len(planned.new_pupils), len(planned.staff)) == (3, 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("manifest"), "manifest.csv is missing"),
        (lambda files: files.pop("roles"), "roles.csv is missing"),
        (lambda files: files["manifest"].append(["oneroster.version", "1.1"]), "has to be 1.2"),
        (lambda files: files["manifest"].append(["file.users", "delta"]), "delta"),
        (lambda files: files["users"][0].__setitem__(6, "givenname"), "givenName"),
        (lambda files: files["orgs"].__setitem__(1, ["x", "", "", "Khác", "district", "", ""]), "which school"),
    ],
)
def test_an_archive_that_cannot_be_is_refused_as_a_whole(
    database: Database, house: Schoolhouse, change: object, said: str
) -> None:
    files = tables(export(database, house.school_id))
    change(files)  # type: ignore[operator]
    with pytest.raises(Invalid, match=said):
        look(database, house.school_id, packed(files))


def test_what_is_no_zip_is_said_plainly(database: Database, house: Schoolhouse) -> None:
    assert not is_oneroster(b"PK\x03\x04 no zip")
    with pytest.raises(Invalid, match="zip of CSV"):
        look(database, house.school_id, b"PK\x03\x04 no zip")


def test_a_name_is_split_as_it_is_said() -> None:
    assert split_name("Nguyễn Thị Ngọc Lan") == ("Nguyễn", "Thị Ngọc", "Lan")
    assert split_name("Đặng Ánh") == ("Đặng", "", "Ánh")
    assert split_name("Nam") == ("-", "", "Nam")
