"""From an invitation to a log-in with a role, and back: what an administrator gives and takes."""

import re

import pytest
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant, User
from cloud.people.tables import Guardian, Guardianship, StaffMember
from tests.cloud.pages.people import PASSWORD, House

CODE = re.compile(r"/join/([0-9A-Z]{12})|([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")


def invite(house: House, login: str = "alice", **form: str) -> str:
    with house.visit(login) as client:
        answer = client.post("/schools/a/invitations", data=form)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", answer.text)
        assert found
        return found[0]


def test_an_invited_principal_sees_the_school_and_nothing_of_another(house: House) -> None:
    code = invite(house, role="principal", name="Cô Hạnh")
    with house.visit() as client:
        page = client.get("/join", params={"code": code.lower()}, follow_redirects=True)
        assert "Cô Hạnh" in page.text
        answer = client.post(f"/join/{code}", data={"login": "hanh", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/schools/a").status_code == 200
        assert client.get("/schools/a/members").status_code == 404
        assert client.get("/schools/b").status_code == 404
        again = client.post(f"/join/{code}", data={"login": "other", "password": PASSWORD})
        assert again.status_code == 404


def test_a_bad_password_keeps_the_invitation(house: House) -> None:
    code = invite(house, role="guard", name="Bác Tư")
    with house.visit() as client:
        answer = client.post(f"/join/{code}", data={"login": "tu", "password": "short"})
        assert (answer.status_code, "10 đến 500 ký tự" in answer.text) == (422, True)
        answer = client.post(f"/join/{code}", data={"login": "bob", "password": PASSWORD})
        assert (answer.status_code, "đã có người dùng tên đăng nhập này" in answer.text.lower()) == (409, True)
        assert client.post(f"/join/{code}", data={"login": "tu", "password": PASSWORD}).status_code == 303
        assert client.get("/", follow_redirects=True).url.path == "/schools/a/pick-up"


def test_letters_bring_every_guardian_of_a_class_who_cannot_log_in_to_their_own_child(house: House) -> None:
    with house.database.writing() as session:
        guardian = Guardian(school_id=house.school.id, full_name="Trần Thị Thủy")
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=house.school.minh))
    with house.visit("alice") as client:
        page = client.post(f"/schools/a/classes/{house.school.class_id}/invitations").text
    assert "Trần Thị Thủy" in page
    assert page.count("data:image/svg+xml") == 1
    [code] = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    with house.visit() as client:
        client.post(f"/join/{code}", data={"login": "0987654321", "password": PASSWORD})
        assert client.get(f"/students/{house.school.minh}").status_code == 200
        assert client.get(f"/students/{house.school.lan}").status_code == 404


@pytest.mark.parametrize(
    ("role", "scope"), [("clerk", "school"), ("principal", "school"), ("homeroom_teacher", "class")]
)
def test_the_office_and_a_class_teacher_invite_parents_but_never_staff(house: House, role: str, scope: str) -> None:
    with house.database.writing() as session:
        grant = RoleGrant(user_id=house.school.charlie.user_id, role=role, scope_kind=scope)
        grant.school_id = house.school.id
        grant.scope_id = house.school.class_id if scope == "class" else None
        guardian = Guardian(school_id=house.school.id, full_name="Trần Thị Thủy")
        session.add_all([grant, guardian])
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=house.school.minh))
    with house.visit("charlie") as client:
        page = client.get("/schools/a/invitations").text
        assert 'href="/schools/a/invitations"' in page, "the way is shown"
        assert "/schools/a/members" not in page
        ways = re.findall(r'action="(/schools/a/classes/[0-9a-f-]{36}/invitations)"', page)
        assert ways == [f"/schools/a/classes/{house.school.class_id}/invitations"]
        letters = client.post(ways[0])
        assert (letters.status_code, "Trần Thị Thủy" in letters.text) == (200, True)
        for path in ("/schools/a/members", "/schools/a/invitations"):
            assert client.post(path, data={"role": "guard", "name": "x"}).status_code in (404, 405)
        alone = client.post(f"/schools/a/guardians/{guardian.id}/invitation")
        assert alone.status_code == (200 if scope == "school" else 404)


@pytest.mark.parametrize(
    ("role", "begins", "finds"),
    [
        ("guard", "pick-up", "1A"),
        ("accountant", "meals", "Suất ăn"),
        ("health_staff", "health", "Sổ y tế"),
        ("clerk", "desk", "Sổ điểm danh 1A"),
        ("librarian", "desk", '<a href="/schools/a/pupils">Học sinh</a>'),
    ],
)
def test_everybody_begins_where_their_work_is(house: House, role: str, begins: str, finds: str) -> None:
    with house.database.writing() as session:
        grant = RoleGrant(user_id=house.school.charlie.user_id, role=role, scope_kind="school")
        grant.school_id = house.school.id
        session.add(grant)
    with house.visit("charlie") as client:
        page = client.get("/", follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, f"/schools/a/{begins}")
    assert finds in page.text
    assert "không phụ trách lớp" not in page.text


def test_who_has_a_log_in_adds_an_invitation_to_it(house: House) -> None:
    code = invite(house, role="librarian", name="erin")
    with house.visit("erin") as client:
        assert client.post(f"/join/{code}/own").status_code == 303
        assert client.get("/schools/a/desk").status_code == 200
        assert client.get(f"/students/{house.school.minh}").status_code == 200


def test_a_member_of_staff_is_linked_to_their_log_in(house: House) -> None:
    with house.database.writing() as session:
        staff = StaffMember(school_id=house.school.id, code="1", full_name="Cô Mai", search_name="", position="")
        session.add(staff)
        session.flush()
        staff_id = staff.id
    code = invite(house, role="homeroom_teacher", staff=str(staff_id))
    with house.visit() as client:
        client.post(f"/join/{code}", data={"login": "mai", "password": PASSWORD})
    with house.database.reading() as session:
        user_id = session.scalar(select(User.id).where(User.login == "mai"))
        assert session.scalar(select(StaffMember.user_id).where(StaffMember.id == staff_id)) == user_id


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"role": "guardian", "name": "x"}, 422),
        ({"role": "guard", "name": " "}, 422),
        ({"role": "guard", "name": "x", "grade": "3"}, 422),
        ({"role": "homeroom_teacher", "name": "x", "class_id": "01990000-0000-7000-8000-000000000001"}, 404),
        ({"role": "guard", "staff": "01990000-0000-7000-8000-000000000001"}, 404),
    ],
)
def test_an_invitation_that_cannot_be_is_refused(house: House, form: dict[str, str], status: int) -> None:
    with house.visit("alice") as client:
        assert client.post("/schools/a/invitations", data=form).status_code == status


def test_a_role_is_taken_with_every_session_but_never_from_the_last_administrator(house: House) -> None:
    code = invite(house, role="principal", name="Cô Hạnh")
    with house.visit() as hanh, house.visit("alice") as alice:
        hanh.post(f"/join/{code}", data={"login": "hanh", "password": PASSWORD})
        assert hanh.get("/schools/a").status_code == 200
        with house.database.reading() as session:
            grants = {
                Role(role): grant
                for role, grant in session.execute(
                    select(RoleGrant.role, RoleGrant.id).where(RoleGrant.school_id == house.school.id)
                )
            }
        assert alice.post(f"/schools/a/roles/{grants[Role.PRINCIPAL]}/taken").status_code == 303
        assert hanh.get("/schools/a").headers["location"].startswith("/login")
        last = alice.post(f"/schools/a/roles/{grants[Role.ADMINISTRATOR]}/taken")
        assert (last.status_code, "quản trị viên cuối cùng" in last.text) == (409, True)
        assert "Mời nhân sự" in last.text
        assert alice.get("/schools/a").status_code == 200
        log = alice.get("/schools/a/audit").text
        assert "role.taken" in log
        assert "member.invited" in log
        assert "role.taken" in alice.get("/schools/a/audit.csv").text
    with house.visit("dave") as dave:
        assert dave.post(f"/schools/a/roles/{grants[Role.ADMINISTRATOR]}/taken").status_code == 404
        assert dave.post(f"/schools/b/roles/{grants[Role.ADMINISTRATOR]}/taken").status_code == 404


def test_an_invitation_withdrawn_is_worth_nothing(house: House) -> None:
    code = invite(house, role="guard", name="Bác Tư")
    with house.visit("alice") as client:
        [path] = re.findall(r"/schools/a/invitations/[0-9a-f-]{36}/withdrawn", client.get("/schools/a/members").text)
        assert client.post(path).status_code == 303
    with house.visit() as client:
        assert client.get(f"/join/{code}").status_code == 404


def test_whoever_tries_codes_is_slowed_down_and_one_that_is_right_opens(house: House) -> None:
    code = invite(house, role="guard", name="Bác Tư")
    with house.visit() as client:
        tries = [client.get("/join/AAAAAAAAAAAA") for _ in range(6)]
        assert [one.status_code for one in tries] == [404] * 5 + [429]
        assert all('value="AAAAAAAAAAAA"' in one.text for one in tries)
        assert "Giấy mời này không đúng" in tries[0].text
        assert "nhập sai mã quá nhiều lần" in tries[5].text
        assert client.get(f"/join/{code}").status_code == 200


def test_an_invitation_that_cannot_be_says_why_and_keeps_what_was_typed(shared_house: House) -> None:
    class_id = str(shared_house.school.class_id)
    with shared_house.visit("alice") as client:
        nameless = client.post("/schools/a/invitations", data={"role": "guard", "name": " "}).text
        narrow = client.post(
            "/schools/a/invitations", data={"role": "guard", "name": "Bác Tư", "class_id": class_id, "grade": ""}
        ).text
        odd = client.post("/schools/a/invitations", data={"role": "vice_principal", "name": "x", "grade": "ba"}).text
    assert "Mời ai?" in nameless
    assert '<option value="guard" selected>' in nameless
    assert "Vai trò này không giao theo phạm vi đã chọn" in narrow
    assert 'value="Bác Tư"' in narrow
    assert f'<option value="{class_id}" selected>' in narrow
    assert "Khối là số từ 1 đến 12" in odd
