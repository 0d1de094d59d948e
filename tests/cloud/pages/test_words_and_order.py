"""What people read is in the order and the words that they are used to."""

import pytest
from sqlalchemy import update

from cloud.accounts import queries as accounts
from cloud.accounts.access import Grant, Role
from cloud.accounts.tables import User
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.devices.tables import Device
from cloud.people.tables import Guardian, Student
from cloud.school.queries import add_school
from tests.cloud.pages.people import House
from tests.cloud.small_school import WINDOW

AN, BINH = "Võ Thị An", "Bùi Văn Bình"


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    school = shared_house.school
    ingest(shared_house.database, [Delivery("gate-1", b'{"v": 1}')], clock=shared_house.clock, window=WINDOW)
    with shared_house.database.writing() as session:
        for pupil, name in ((school.minh, AN), (school.lan, BINH)):
            session.execute(update(Student).where(Student.id == pupil).values(full_name=name))
        session.execute(update(Guardian).where(Guardian.user_id == school.bob.user_id).values(phone="84987654321"))
        session.execute(update(Device).where(Device.id == "gate-1").values(name="Cổng chính"))
        fresh = add_school(session, "fresh", "Trường mới", "primary")
        alice = session.get_one(User, school.alice.user_id)
        accounts.add_user(
            session, login="first", display_name="first", password_hash=alice.password_hash, locale="vi",
            grants=[Grant(Role.ADMINISTRATOR, fresh)],
        )  # fmt: skip
    return shared_house


@pytest.mark.parametrize("path", ["/consent/classes/{}", "/cards/classes/{}", "/classes/{}/overview"])
def test_a_class_is_listed_by_given_name(house: House, path: str) -> None:
    with house.visit("alice") as client:
        page = client.get(path.format(house.school.class_id)).text
    assert page.index(AN) < page.index(BINH)


def test_what_a_unit_sent_in_vain_is_told_by_the_unit_s_name(house: House) -> None:
    with house.visit("alice") as client:
        page = client.get("/schools/a").text
    problem = page[page.index("Thiết bị gửi về nhưng không dùng được") :]
    assert problem.index("<strong>Cổng chính</strong>") < problem.index("<summary")
    assert problem.index("Chi tiết cho kỹ thuật") < problem.index("Field required")


def test_a_phone_number_is_written_as_it_is_dialled(house: House) -> None:
    with house.visit("bob") as client:
        page = client.get("/account/messages").text
    assert "0987 654 321" in page
    assert "84987654321" not in page


def test_whoever_may_not_send_a_photo_yet_is_led_to_the_question(house: House) -> None:
    with house.visit("bob") as client:
        page = client.get(f"/children/{house.school.lan}/photos").text
    assert f'class="button" href="/children/{house.school.lan}/consent"' in page


def test_a_desk_without_classes_and_a_list_without_pupils_say_what_to_do(house: House) -> None:
    with house.visit("first") as client:
        assert "Bạn không phụ trách lớp nào ở đây." in client.get("/schools/fresh/desk").text
        assert 'class="button" href="/schools/fresh/exchange"' in client.get("/schools/fresh/pupils").text


@pytest.mark.parametrize(("login", "role"), [("bob", "Phụ huynh"), ("first", "Quản trị viên")])
def test_one_s_own_role_comes_first_among_the_rights(house: House, login: str, role: str) -> None:
    with house.visit(login) as client:
        page = client.get("/rights").text
    assert page[page.index('<th scope="col"') :].startswith(f'<th scope="col" class="own">{role}')
