"""A pupil on the office's pages: added, changed, seen by those who should, with a log-in of their own."""

import re
from datetime import date

import httpx
import pytest
from sqlalchemy import update

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant
from cloud.people.tables import Guardian, Student
from tests.cloud.pages.people import House
from tests.cloud.pages.test_members import invite
from tests.cloud.small_school import MORNING

TODAY = MORNING.date()


def test_the_office_adds_a_pupil_and_every_fault_is_said_at_once(house: House) -> None:
    form = {"full_name": " ", "birth_date": "1990-01-01", "ministry_id": "12", "personal_id": "1", "day": str(TODAY),
            "class_id": str(house.school.class_id), "reason": "Nhập học", "address": "12 Lê Lợi"}  # fmt: skip
    with house.visit("alice") as client:
        refused = client.post("/schools/a/pupils", data=form)
        assert refused.status_code == 422
        assert refused.text.count("<li>") - refused.text.count("<li><a") >= 4
        assert 'value="12 Lê Lợi"' in refused.text, "what was typed is still there"
        good = {"full_name": "Võ  Thị Bé", "birth_date": "2020-05-01", "ministry_id": "", "personal_id": "001320000001",
                "gender": "Nữ", "other_school": "Trường Hoa Mai"}  # fmt: skip
        added = client.post("/schools/a/pupils", data={**form, **good})
        assert added.status_code == 303
        page = client.get(added.headers["location"]).text
        for text in ("Võ Thị Bé", "TAM-001320000001", "Trường Hoa Mai", "12 Lê Lợi", "01/05/2020"):
            assert text in page
        again = client.post("/schools/a/pupils", data={**form, **good})
        assert (again.status_code, "Võ Thị Bé" in again.text) == (409, True)
        changed = client.post(f"{added.headers['location']}/facts", data={**good, "ministry_id": "7900000001"})
        assert changed.status_code == 303
        page = client.get(added.headers["location"]).text
        assert "7900000001" in page
        assert "12 Lê Lợi" not in page, "a field that was emptied is empty"
        assert "Võ" not in client.get("/schools/a/audit").text


def test_what_a_teacher_sees_of_a_pupil_and_what_the_office_sees(house: House) -> None:
    """A librarian sees who is in which class; guardians are for those who hand pupils over or run the school."""
    path = f"/schools/a/pupils/{house.school.lan}"
    code = invite(house, role="librarian", name="Cô Thư")
    with house.visit("alice") as alice:
        assert "bob@example.vn" in alice.get(path).text
    with house.visit() as librarian:
        librarian.post(f"/join/{code}", data={"login": "thu", "password": "Mật khẩu dài 1"})
        page = librarian.get(path)
        assert (page.status_code, "Nguyễn Thị Lan" in page.text) == (200, True)
        assert "bob@example.vn" not in page.text
        assert f"{path}/leave" not in page.text
        assert librarian.post(f"{path}/leave", data={"day": str(TODAY), "reason": "x"}).status_code == 403
    for outsider in ("bob", "charlie", "dave"):
        with house.visit(outsider) as client:
            assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "code", "particulars", "phone"),
    [
        (Role.GUARD, False, False, True),
        (Role.LIBRARIAN, True, False, False),
        (Role.ACCOUNTANT, True, True, False),
        (Role.CLERK, True, True, True),
    ],
)
def test_who_works_at_the_gate_or_with_books_reads_no_more_of_a_pupil_than_that_needs(
    house: House, role: Role, code: bool, particulars: bool, phone: bool
) -> None:
    with house.database.writing() as session:
        own = RoleGrant.user_id == house.school.alice.user_id
        session.execute(update(RoleGrant).where(own).values(role=role))
        lan = session.get_one(Student, house.school.lan)
        lan.code, lan.birth_date, lan.personal_id = "7900000001", date(2019, 5, 1), "001320000001"
        session.get_one(Student, house.school.minh).code = "TAM-001320000002"
        session.execute(update(Guardian).where(Guardian.full_name == "bob").values(phone="84987654321"))
    path = f"/schools/a/pupils/{house.school.lan}"
    with house.visit("alice") as client:
        page, found = client.get(path).text, client.get("/schools/a/pupils", params={"q": "7900000001"}).text
        other = client.get(f"/schools/a/pupils/{house.school.minh}").text
    assert "Nguyễn Thị Lan" in page
    assert "Nguyễn Thị Lan" in found, "a card that somebody shows is looked up"
    assert ("7900000001" in page) == code
    assert ("01/05/2019" in page) == ("01/05/2019" in found) == ("Ngày sinh" in found) == particulars
    assert ("0987 654 321" in page) == phone
    reads_mail = phone and particulars
    assert ("bob@example.vn" in page) == ("đăng nhập bằng" in page) == reads_mail
    clerk = role is Role.CLERK
    assert ("001320000001" in page) == ("001320000002" in other) == clerk
    for outsider in ("bob", "dave"):
        with house.visit(outsider) as client:
            assert client.get(path).status_code == 404


def test_a_pupil_gets_a_log_in_of_their_own_and_loses_it(house: House) -> None:
    path = f"/schools/a/pupils/{house.school.lan}"
    with house.visit("alice") as alice, house.visit() as lan, house.visit("bob") as bob:
        letter = alice.post(f"{path}/invitation")
        [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", letter.text)
        assert bob.post(f"/join/{code}/own").status_code == 409, "a parent's account does not become the child's"
        come = lan.post(f"/join/{code}", data={"login": "lan", "password": "Mật khẩu dài 1"})
        find_their_own(lan, come.headers["location"], f"/students/{house.school.lan}")
        assert lan.get(f"/students/{house.school.minh}").status_code == 404
        page = alice.get(path).text
        assert "lan" in page
        [taken] = re.findall(rf"{path}/log-in/[0-9a-f-]+/taken", page)
        assert alice.post(taken).status_code == 303
        assert lan.get(f"/students/{house.school.lan}").status_code == 303
        assert lan.post("/login", data={"login": "lan", "password": "Mật khẩu dài 1"}).status_code == 403


def find_their_own(pupil: httpx.Client, beginning: str, own: str) -> None:
    """From the log-in by links alone, to all that is a pupil's, and to nothing that is their parents'."""
    assert pupil.get(beginning).headers["location"] == own
    page = pupil.get(own).text
    places = re.findall(r'href="([^"]+)"', page[page.index('<nav class="places"') : page.index("</nav>")])
    assert set(places) == {own, f"{own}/calendar", f"{own}/meals", f"{own}/timetable", "/account"}
    assert "/children" not in page
    for path in places[1:]:
        answer = pupil.get(path)
        assert (answer.status_code, f'href="{own}/calendar"' in answer.text) == (200, True)
        assert re.findall(r'<p class="back"><a href="([^"]+)"', answer.text) in ([own], ["/"])
    assert f'href="{own}"' in pupil.get("/children").text, "as a phone remembers it"
    assert '<th scope="col" class="own">Học sinh' in pupil.get("/rights").text


def test_a_step_that_cannot_be_read_names_its_fields_and_keeps_the_rest(shared_house: House) -> None:
    pupils = "/schools/a/pupils"
    lan, typed = f"{pupils}/{shared_house.school.lan}", {"reason": "Theo gia đình", "day": "hôm qua"}
    with shared_house.visit("alice") as alice:
        facts = {"full_name": "Võ Thị Bé", "birth_date": "2020-05-01", "class_id": "", "other_school": "Hoa Mai"}
        added = alice.post(pupils, data=facts | typed)
        moved = alice.post(f"{lan}/move", data=typed | {"class_id": ""})
        left = alice.post(f"{lan}/leave", data=typed | {"day": ""})
        guardian = alice.post(f"{lan}/guardians", data={"full_name": "Bà Tư", "phone": "12", "may_see": "true"})
    for page, fields in ((added, ["class_id", "day"]), (moved, ["class_id", "day"]), (left, ["day"])):
        assert (page.status_code, re.findall(r'id="(\w+)-wrong"', page.text)) == (422, fields)
        assert page.text.count('value="Theo gia đình"') == 1
        assert "hãy chọn ngày" in page.text
    assert all(f'value="{one}"' in added.text for one in ("hôm qua", "Võ Thị Bé", "Hoa Mai"))
    assert (guardian.status_code, 'value="Bà Tư"' in guardian.text, 'value="12"' in guardian.text) == (422, True, True)
    tick = r'name="(may_\w+)" value="true"( checked)?> [^<]*</label>\s*(?:<label|<button class="primary")'
    ticks = re.findall(tick, guardian.text)
    assert ticks[-2:] == [("may_collect", ""), ("may_see", " checked")]


def test_a_day_of_leaving_that_is_none_is_named_on_the_page_of_staff(house: House) -> None:
    with house.visit("alice") as alice:
        page = alice.post("/schools/a/staff", data={"full_name": "Cô Mai", "position": "teacher"}).headers["location"]
        answer = alice.post(f"{page}/leave", data={"day": "30/2"})
    assert (answer.status_code, re.findall(r'id="(\w+)-wrong"', answer.text)) == (422, ["day"])
    assert [one in answer.text for one in ("hãy chọn ngày", 'value="30/2"')] == [True, True]
