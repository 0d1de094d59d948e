"""A teacher's own month, a correction, and somebody else who decides on it."""

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from cloud.accounts.tables import RoleGrant
from cloud.people.tables import StaffMember
from tests.cloud.pages.people import House
from tests.cloud.schoolhouse import MONDAY, at
from tests.cloud.small_school import sighting

PATH = "/schools/a/timesheets"


@pytest.fixture
def staffed(house: House) -> House:
    """charlie is Cô Mai, seen once on Monday; Thầy Nam has no log-in."""
    with house.database.writing() as session:
        mai, nam = (
            StaffMember(school_id=house.school.id, code=code, full_name=name, search_name=code, position="teacher")
            for code, name in (("GV1", "Cô Mai"), ("GV2", "Thầy Nam"))
        )
        mai.user_id = house.school.charlie.user_id
        session.add_all([mai, nam])
        session.flush()
        mai_id = mai.id
        session.add(
            RoleGrant(
                user_id=house.school.charlie.user_id, role="homeroom_teacher", school_id=house.school.id,
                scope_kind="class", scope_id=house.school.class_id,
            )
        )  # fmt: skip
    house.clock.now = at("18:00")
    house.report(sighting(1, mai_id, at=at("07:02")))
    return house


def test_a_teacher_asks_and_somebody_else_decides(staffed: House) -> None:
    with staffed.visit("charlie") as mai, staffed.visit("alice") as alice:
        assert PATH in mai.get("/schools/a/desk").text
        page = mai.get(PATH).text
        assert "07:02" in page
        assert "Thầy Nam" not in page
        staff_id = re.search(r'name="staff_id" value="([^"]+)"', page)
        assert staff_id
        form = {"staff_id": staff_id[1], "day": str(MONDAY), "came": "07:00", "left": "16:30", "reason": "Quên quét"}
        backwards = mai.post(f"{PATH}/corrections", data=form | {"left": "06:00"})
        assert (backwards.status_code, 'role="alert"' in backwards.text) == (422, True)
        for kept in (f'value="{MONDAY}"', 'value="07:00"', 'value="06:00"', 'value="Quên quét"'):
            assert kept in backwards.text
        assert mai.post(f"{PATH}/corrections", data=form).status_code == 303
        found = re.search(r'action="([^"]+/corrections/[^"]+)"', alice.get(PATH).text)
        assert found
        assert mai.post(found[1], data={"state": "approved"}).status_code == 404
        assert alice.post(found[1], data={"state": "approved"}).status_code == 303
        assert "đã điều chỉnh" in mai.get(PATH).text
        assert alice.post(found[1], data={"state": "rejected"}).status_code == 409
        names = [
            [row[2] for row in CalamineWorkbook.from_filelike(io.BytesIO(one.get(f"{PATH}.xlsx").content))
             .get_sheet_by_index(0).to_python()[4:6] if row[2]]
            for one in (mai, alice)
        ]  # fmt: skip
    assert names == [["Cô Mai"], ["Cô Mai", "Thầy Nam"]]


def test_a_time_that_is_none_is_named_beside_its_field_and_the_rest_stays(staffed: House) -> None:
    with staffed.visit("charlie") as mai:
        found = re.search(r'name="staff_id" value="([^"]+)"', mai.get(PATH).text)
        assert found
        form = {"staff_id": found[1], "day": "hôm qua", "came": "7 giờ", "left": "", "reason": "Quên quét"}
        answer = mai.post(f"{PATH}/corrections", data=form)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-wrong"', answer.text) == ["day", "came", "left"]
    for kept in ('value="hôm qua"', 'value="7 giờ"', 'value="Quên quét"', "một giờ, ví dụ 07:30"):
        assert kept in answer.text


@pytest.mark.parametrize("outsider", ["bob", "dave"])
def test_parents_and_other_schools_see_nobodys_sheet(staffed: House, outsider: str) -> None:
    with staffed.visit(outsider) as client:
        for path in (PATH, f"{PATH}.xlsx"):
            assert client.get(path).status_code == 404
