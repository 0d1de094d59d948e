"""A forgotten password: from the office's letter to a new one, and who learns of it."""

import re
from uuid import UUID

import httpx
import pyotp
import pytest
from sqlalchemy import select

from cloud.__main__ import main
from cloud.accounts import audit_queries as audit
from cloud.accounts.access import Role
from cloud.accounts.tables import RoleGrant, User
from cloud.people.tables import Guardian, StaffMember, StudentLogin
from tests.cloud.pages.people import PASSWORD, House

NEW = "một mật khẩu khác"
PRINTED = re.compile(r'class="printed-code">([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})<')
NONE_HERE = "01990000-0000-7000-8000-000000000001"


def guardian_of(house: House, user_id: UUID) -> UUID:
    with house.database.reading() as session:
        return session.scalars(select(Guardian.id).where(Guardian.user_id == user_id)).one()


def letter(client: httpx.Client, path: str) -> str:
    answer = client.post(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    [code] = PRINTED.findall(answer.text)
    return str(code)


def comes_in(house: House, login: str, password: str) -> bool:
    with house.visit() as client:
        return client.post("/login", data={"login": login, "password": password}).status_code == 303


def test_a_parent_chooses_a_new_password_and_knows_who_made_the_letter(house: House) -> None:
    path = f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}"
    with house.visit("bob") as before, house.visit("alice") as alice, house.visit() as bob:
        assert f'action="{path}/new-password"' in alice.get(path).text
        code = letter(alice, f"{path}/new-password")
        assert before.get("/children").status_code == 200, "a letter alone changes nothing"
        page = bob.get("/join", params={"code": code.lower()}, follow_redirects=True)
        assert "Tên đăng nhập: bob" in page.text
        short = bob.post(f"/join/{code}/password", data={"new": "ngắn"})
        assert (short.status_code, "10 đến 500 ký tự" in short.text, "bob" in short.text) == (422, True, True)
        answer = bob.post(f"/join/{code}/password", data={"new": NEW})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        account = bob.get("/account").text
        assert "Đã lập thư đặt lại mật khẩu: alice" in account
        assert "Đã đặt mật khẩu mới bằng mã trong thư" in account
        assert bob.get(f"/students/{house.school.lan}").status_code == 200
        assert before.get("/children").status_code == 303, "every other session has ended"
        assert bob.post(f"/join/{code}/password", data={"new": NEW}).status_code == 404
        with house.database.reading() as session:
            noted = [(one.action, one.actor_id, one.subject) for one in audit.entries(session, house.school.id)]
        bob_id = str(house.school.bob.user_id)
        assert ("password.code", house.school.alice.user_id, bob_id) in noted
        assert ("password.by_code", house.school.bob.user_id, bob_id) in noted
    assert [comes_in(house, "bob", one) for one in (PASSWORD, NEW)] == [False, True]


def test_a_letter_that_the_owner_did_not_ask_for_dies_when_they_change_the_password(house: House) -> None:
    with house.visit("alice") as alice, house.visit("bob") as bob:
        code = letter(alice, f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}/new-password")
        assert "alice" in bob.get("/account").text
        assert bob.get(f"/join/{code}").status_code == 200
        assert bob.post("/account/password", data={"proof": PASSWORD, "new": NEW}).status_code == 303
        assert bob.get(f"/join/{code}").status_code == 404


def test_a_letter_dies_when_its_account_comes_to_open_more(house: House) -> None:
    with house.visit("alice") as alice, house.visit("dave") as dave, house.visit("bob") as bob:
        code = letter(alice, f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}/new-password")
        invited = dave.post("/schools/b/invitations", data={"role": "principal", "name": "bob"}).text
        [invitation] = PRINTED.findall(invited)
        assert bob.post(f"/join/{invitation}/own").status_code == 303
        assert bob.get(f"/join/{code}").status_code == 404
        path = f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}"
        again = alice.post(f"{path}/new-password")
    assert (again.status_code, "còn thuộc một trường khác" in again.text) == (409, True)


def test_staff_and_pupils_are_helped_on_their_pages(house: House) -> None:
    with house.database.writing() as session:
        teacher, pupil = User(login="mai", display_name="Cô Mai"), User(login="lan", display_name="Lan")
        session.add_all([teacher, pupil])
        session.flush()
        staff = StaffMember(
            school_id=house.school.id, user_id=teacher.id, code="1", full_name="Cô Mai", search_name="", position=""
        )
        session.add_all([staff, StudentLogin(student_id=house.school.lan, user_id=pupil.id)])
        session.flush()
        pages = {
            "mai": (f"/schools/a/staff/{staff.id}", f"/schools/a/members/{teacher.id}/new-password"),
            "lan": (f"/schools/a/pupils/{house.school.lan}", f"/schools/a/pupils/{house.school.lan}/new-password"),
        }
    for login, (page, path) in pages.items():
        with house.visit("alice") as alice, house.visit() as owner:
            assert f'action="{path}"' in alice.get(page).text
            assert owner.post(f"/join/{letter(alice, path)}/password", data={"new": NEW}).status_code == 303
        assert comes_in(house, login, NEW)


def test_nobody_who_may_not_invite_them_makes_a_letter(house: House) -> None:
    guardian, alice_id = guardian_of(house, house.school.bob.user_id), house.school.alice.user_id
    with house.database.writing() as session:
        teacher = RoleGrant(user_id=house.school.charlie.user_id, role=Role.HOMEROOM_TEACHER, scope_kind="class")
        teacher.school_id, teacher.scope_id = house.school.id, house.school.class_id
        session.add(teacher)
    for login in ("nobody", "bob", "charlie", "dave"):
        with house.visit(login) as client:
            for path in (f"guardians/{guardian}", f"members/{alice_id}", f"pupils/{house.school.lan}"):
                answer = client.post(f"/schools/a/{path}/new-password")
                assert answer.status_code in (303, 403, 404), (login, path)
                assert "printed-code" not in answer.text
    with house.visit("dave") as dave:
        # Nor by way of their own school.
        for path in (f"guardians/{guardian}", f"members/{alice_id}", f"members/{NONE_HERE}"):
            assert dave.post(f"/schools/b/{path}/new-password").status_code == 404
    with house.visit("alice") as alice:
        own = alice.post(f"/schools/a/members/{alice_id}/new-password")
        assert (own.status_code, "Đây là tài khoản của chính bạn" in own.text) == (409, True)


def test_a_letter_replaces_the_password_and_not_the_second_step(house: House) -> None:
    with house.visit("bob") as bob, house.visit("alice") as alice, house.visit() as elsewhere:
        bob.post("/account/second-step/begun", data={"proof": PASSWORD})
        [typed] = re.findall(r'class="printed-code">([A-Z2-7 ]+)<', bob.get("/account/second-step").text)
        code = pyotp.TOTP(typed.replace(" ", "")).at(int(house.clock.now.timestamp()))
        assert bob.post("/account/second-step/confirmed", data={"code": code}).status_code == 200
        path = f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}/new-password"
        answer = elsewhere.post(f"/join/{letter(alice, path)}/password", data={"new": NEW})
        assert answer.headers["location"] == "/login/code"
        assert "session" not in elsewhere.cookies


def test_whoever_tries_codes_is_slowed_down_and_holds_up_nobody_with_a_right_one(house: House) -> None:
    with house.visit("alice") as alice, house.visit() as client:
        code = letter(alice, f"/schools/a/guardians/{guardian_of(house, house.school.bob.user_id)}/new-password")
        tries = [client.post("/join/AAAAAAAAAAAA/password", data={"new": NEW}).status_code for _ in range(6)]
        assert tries == [404] * 5 + [429]
        assert client.get("/join/AAAAAAAAAAAB").status_code == 429
        assert client.post(f"/join/{code}/password", data={"new": NEW}).status_code == 303


def test_whoever_runs_the_service_makes_one_for_anybody(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The command reads the real clock.
    monkeypatch.setattr("cloud.kit.clock.system_clock", house.clock)
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", house.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DIEMDANH_CLOUD_PUBLIC_URL", "https://school.example.vn/")
    assert main(["user", "reset", "nobody-here"]) == 1
    assert "nobody logs in by this name" in capsys.readouterr().err
    assert main(["user", "reset", " ALICE"]) == 0
    link, code = capsys.readouterr().out.split()
    assert link == f"https://school.example.vn/join/{code.replace('-', '')}"
    with house.visit() as client:
        answer = client.post(f"/join/{code}/password", data={"new": NEW})
        assert answer.headers["location"] == "/account"
        assert "diemdanh-cloud user" in client.get("/account").text
        assert "password.by_code" in client.get("/schools/a/audit").text
