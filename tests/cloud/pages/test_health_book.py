"""What the health desk writes: read by those who see health and by the pupil's own family, struck out, never lost."""

import re

import pytest
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import AuditEntry, RoleGrant, User
from cloud.attendance.health.events import HEALTH_NOTED
from cloud.attendance.health.rules import read_temperature
from cloud.kit.errors import Invalid
from cloud.kit.outbox import OutboxEvent
from cloud.people.tables import Guardian, Guardianship, StudentRecord
from tests.cloud.pages.people import House
from tests.cloud.small_school import sighting


@pytest.fixture
def desk(house: House) -> House:
    """charlie keeps the health desk."""
    with house.database.writing() as session:
        session.add(RoleGrant(user_id=house.school.charlie.user_id, role=Role.HEALTH_STAFF, school_id=house.school.id))
    return house


def test_an_entry_is_written_read_by_the_family_and_struck_out(desk: House) -> None:
    path = f"/health/students/{desk.school.lan}"
    entry = {"kind": "fever", "temperature": "38,2", "note": "Đã gọi mẹ", "tell_family": "true"}
    desk.report(sighting(1, desk.school.lan, temperature_c=38.4))
    with desk.visit("charlie") as nurse, desk.visit("bob") as bob, desk.visit("erin") as erin:
        unmeasured = nurse.post(path, data=entry | {"temperature": "nóng"})
        assert (unmeasured.status_code, 'id="temperature-wrong"' in unmeasured.text) == (422, True)
        assert "hãy chọn trong danh sách" in nurse.post(path, data={"note": "Ngã"}).text
        for kept in (
            '<option value="fever" selected>',
            'value="nóng"',
            ">Đã gọi mẹ</textarea>",
            'value="true" checked',
        ):
            assert kept in unmeasured.text
        assert nurse.post(path, data=entry).status_code == 303
        page = nurse.get(path).text
        assert ("Đã gọi mẹ" in page, "38,2" in page, "38,4" in page) == (True, True, True)
        assert "Đã gọi mẹ" in nurse.get("/schools/a/health/book?q=lan").text
        assert "Đã gọi mẹ" in bob.get(path).text
        assert erin.get(path).status_code == 404
        assert bob.post(path, data=entry).status_code == 403
        [strike] = re.findall(r'action="(/health/entries/\S+)"', page)
        assert nurse.post(strike).status_code == 303
        assert nurse.post(strike).status_code == 409
        assert "<s>" in nurse.get(path).text
        assert "Đã gọi mẹ" not in bob.get(path).text
    with desk.database.reading() as session:
        assert len(session.scalars(select(OutboxEvent.id).where(OutboxEvent.topic == HEALTH_NOTED)).all()) == 1
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("health."))).all()
    assert [(one.action, one.details) for one in noted] == [("health.written", {}), ("health.struck_out", {})]


def test_the_desk_sees_whom_to_call(desk: House) -> None:
    path = f"/health/students/{desk.school.lan}"
    with desk.database.writing() as session:
        bob = session.scalars(select(Guardian).where(Guardian.user_id == desk.school.bob.user_id)).one()
        bob.full_name, bob.phone = "Nguyễn Văn Bo", "84987654321"
        aunt = Guardian(school_id=desk.school.id, full_name="Cô Sáu", phone="84912345678")
        session.add(aunt)
        session.flush()
        session.add(Guardianship(guardian_id=aunt.id, student_id=desk.school.lan, may_see=False, may_collect=False))
        session.add(StudentRecord(student_id=desk.school.lan, details={"father_name": "nguyễn  văn bo"}))
    with desk.visit("charlie") as nurse, desk.visit("bob") as family:
        for page in (nurse.get(path).text, nurse.get(f"/schools/a/pupils/{desk.school.lan}").text):
            assert '<a href="tel:+84987654321">0987 654 321</a>' in page
            assert ("được đón" in page, "không được đón" in page, "không được xem" in page) == (True, True, True)
        health = nurse.get(path).text
        assert ">cha</span>" in health
        assert health.index("Nguyễn Văn Bo") < health.index("Cô Sáu"), "who may hear of it comes first"
        assert "tel:" not in family.get(path).text


def test_a_mother_who_teaches_another_class_reads_as_a_mother(desk: House) -> None:
    """On her own child's page what stands, at the desk nothing: a temperature at a gate is told by a person."""
    with desk.database.writing() as session:
        user_id = session.scalars(select(User.id).where(User.login == "erin")).one()
        grant = {"role": Role.HOMEROOM_TEACHER, "school_id": desk.school.id, "scope_kind": "class"}
        session.add(RoleGrant(user_id=user_id, **grant))
    desk.report(sighting(1, desk.school.minh, temperature_c=38.4))
    own = f"/health/students/{desk.school.minh}"
    with desk.visit("charlie") as nurse, desk.visit("erin") as erin:
        assert nurse.post(own, data={"kind": "rested", "note": "Viết nhầm"}).status_code == 303
        [strike] = re.findall(r'action="(/health/entries/\S+)"', nurse.get(own).text)
        assert nurse.post(strike).status_code == 303
        assert nurse.post(own, data={"kind": "rested", "note": "Đã gọi mẹ"}).status_code == 303
        page = erin.get(own).text
        assert ("Đã gọi mẹ" in page, "Viết nhầm" in page, "38,4" in page) == (True, False, False)
        for at_the_desk in ("/schools/a/health", "/schools/a/health/book", "/schools/a/health/book?q=minh"):
            answer = erin.get(at_the_desk)
            assert (answer.status_code, "Trần Văn Minh" in answer.text) == (200, False)
            assert "Trần Văn Minh" in nurse.get(at_the_desk).text
        assert erin.get(f"/schools/a/pupils/{desk.school.minh}").status_code == 404


@pytest.mark.parametrize(("typed", "celsius"), [("38,2", 38.2), (" 37.55 ", 37.5), ("", None)])
def test_temperatures_are_read_as_people_write_them(typed: str, celsius: float | None) -> None:
    assert read_temperature(typed) == pytest.approx(celsius, abs=0.06) if celsius else read_temperature(typed) is None


@pytest.mark.parametrize("typed", ["382", "20", "nóng", "nan"])
def test_what_is_no_temperature_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_temperature(typed)
