"""What the health desk writes: read by those who see health and by the pupil's own family, struck out, never lost."""

import re

import pytest
from sqlalchemy import select

from cloud.accounts.access import Role
from cloud.accounts.tables import AuditEntry, RoleGrant
from cloud.attendance.health.events import HEALTH_NOTED
from cloud.attendance.health.rules import read_temperature
from cloud.kit.errors import Invalid
from cloud.kit.outbox import OutboxEvent
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


@pytest.mark.parametrize(("typed", "celsius"), [("38,2", 38.2), (" 37.55 ", 37.5), ("", None)])
def test_temperatures_are_read_as_people_write_them(typed: str, celsius: float | None) -> None:
    assert read_temperature(typed) == pytest.approx(celsius, abs=0.06) if celsius else read_temperature(typed) is None


@pytest.mark.parametrize("typed", ["382", "20", "nóng", "nan"])
def test_what_is_no_temperature_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_temperature(typed)
