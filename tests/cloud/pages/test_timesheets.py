"""A teacher's own month, a correction, and somebody else who decides on it."""

import io
import re

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

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


def own_page(client: httpx.Client) -> str:
    """Where a teacher finds their own."""
    found = re.search(rf'href="({PATH}/[^"]+)"', client.get("/schools/a/desk").text)
    assert found
    return found[1]


def a_form(page: str, **more: str) -> dict[str, str]:
    form = {"staff_id": page.rpartition("/")[2], "day": str(MONDAY), "came": "07:00", "left": "16:30"}
    return form | {"reason": "Quên quét"} | more


def test_a_teacher_asks_and_somebody_else_decides(staffed: House) -> None:
    with staffed.visit("charlie") as mai, staffed.visit("alice") as alice:
        own = own_page(mai)
        page = mai.get(own).text
        assert "07:02" in page
        assert "Thầy Nam" not in mai.get(PATH).text
        backwards = mai.post(f"{PATH}/corrections", data=a_form(own, left="06:00"))
        assert (backwards.status_code, 'role="alert"' in backwards.text) == (422, True)
        for kept in (f'value="{MONDAY}"', 'value="07:00"', 'value="06:00"', 'value="Quên quét"'):
            assert kept in backwards.text
        answer = mai.post(f"{PATH}/corrections", data=a_form(own))
        assert (answer.status_code, answer.headers["location"]) == (303, f"{own}?month=2026-11")
        assert "đang chờ duyệt" in mai.get(own).text
        listed = alice.get(PATH).text
        assert "Máy ghi nhận: 07:02 – ?" in listed, "what there is to judge it by"
        assert f'href="{own}?month=2026-11"' in listed
        found = re.search(r'action="([^"]+/corrections/[^"]+)"', listed)
        assert found
        assert mai.post(found[1], data={"state": "approved"}).status_code == 404
        assert alice.post(found[1], data={"state": "approved"}).status_code == 303
        page = mai.get(own).text
        assert all(words in page for words in ("đã điều chỉnh", "Quên quét", "alice đã duyệt", ">570<"))
        assert alice.post(found[1], data={"state": "rejected", "note": "x"}).status_code == 409
        names = [
            [row[2] for row in CalamineWorkbook.from_filelike(io.BytesIO(one.get(f"{PATH}.xlsx").content))
             .get_sheet_by_index(0).to_python()[4:6] if row[2]]
            for one in (mai, alice)
        ]  # fmt: skip
    assert names == [["Cô Mai"], ["Cô Mai", "Thầy Nam"]]


def test_the_office_says_since_when_somebody_works_and_the_timesheet_says_so_too(staffed: House) -> None:
    with staffed.visit("alice") as alice, staffed.visit("charlie") as mai:
        own = own_page(mai)
        staff = f"/schools/a/staff/{own.rpartition('/')[2]}"
        facts = {"full_name": "Cô Mai", "code": "GV1", "position": "subject_teacher"}
        for wrong in ("1949-12-31", "2028-01-01", "30/2"):
            answer = alice.post(staff, data={**facts, "joined_on": wrong})
            assert (answer.status_code, f'value="{wrong}"' in answer.text) == (422, True), "what was typed stays"
            assert ('id="joined_on-wrong"' in answer.text) == (wrong == "30/2")
            assert 'name="day"' in answer.text
            assert "<details open" not in answer.text
        assert alice.post(staff, data={**facts, "joined_on": "1998-09-05"}).status_code == 303
        assert "trước ngày 01/01/1950" in alice.post(staff, data={**facts, "joined_on": "1949-12-31"}).text
        assert "07:02" in mai.get(own).text
        assert alice.post(staff, data={**facts, "joined_on": "2026-11-17"}).status_code == 303
        assert 'value="2026-11-17"' in alice.get(staff).text
        page = mai.get(own).text
        assert "từ ngày 17/11/2026" in page
        assert "07:02" not in page, "of the day before"
        assert "từ 17/11" in alice.get(PATH).text
        first = CalamineWorkbook.from_filelike(io.BytesIO(mai.get(f"{PATH}.xlsx").content))
        row = first.get_sheet_by_index(0).to_python()[4]
        assert (row[3:19], row[19]) == (["–"] * 16, "")
        assert "từ ngày" not in mai.get(f"{own}?month=2026-12").text
        for outsider in (mai, alice):
            there = staff if outsider is mai else staff.replace("/a/", "/b/")
            assert outsider.post(there, data={**facts, "joined_on": "2026-11-01"}).status_code == 404


def test_a_rejection_says_why_and_leads_back_to_the_person(staffed: House) -> None:
    with staffed.visit("charlie") as mai, staffed.visit("alice") as alice:
        own = own_page(mai)
        mai.post(f"{PATH}/corrections", data=a_form(own))
        found = re.search(r'action="([^"]+/corrections/[^"]+)"', alice.get(own).text)
        assert found
        answer = {"state": "rejected", "back": a_form(own)["staff_id"]}
        silent = alice.post(found[1], data=answer)
        assert (silent.status_code, "hãy viết lý do" in silent.text) == (422, True)
        given = alice.post(found[1], data=answer | {"note": "Hôm đó cô dạy bù"})
        assert given.headers["location"] == f"{own}?month=2026-11"
        page = mai.get(own).text
    assert "alice không duyệt" in page
    assert "Hôm đó cô dạy bù" in page


def test_whoever_keeps_the_sheets_asks_on_behalf_and_does_not_decide_it(staffed: House) -> None:
    with staffed.visit("alice") as alice, staffed.visit("charlie") as mai:
        own = own_page(mai)
        assert "Thay cho Cô Mai" in alice.get(own).text
        assert alice.post(f"{PATH}/corrections", data=a_form(own, reason="Đi tập huấn")).status_code == 303
        page = alice.get(own).text
        assert "Đi tập huấn" in page
        assert "/corrections/" not in page
        assert "Người đề nghị: alice" in mai.get(own).text


def test_months_are_gone_through_and_the_next_one_has_to_have_begun(staffed: House) -> None:
    with staffed.visit("alice") as alice, staffed.visit("charlie") as mai:
        for path in (PATH, own_page(mai)):
            assert f"{path}?month=2026-12" not in alice.get(path).text
            october = alice.get(f"{path}?month=2026-10").text
            assert f"{path}?month=2026-11" in october
            assert f"{path}?month=2026-09" in october


def test_a_time_that_is_none_is_named_beside_its_field_and_the_rest_stays(staffed: House) -> None:
    with staffed.visit("charlie") as mai:
        form = a_form(own_page(mai), day="hôm qua", came="7 giờ", left="")
        answer = mai.post(f"{PATH}/corrections", data=form)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-wrong"', answer.text) == ["day", "came", "left"]
    for kept in ('value="hôm qua"', 'value="7 giờ"', 'value="Quên quét"', "một giờ, ví dụ 07:30"):
        assert kept in answer.text


@pytest.mark.parametrize("outsider", ["bob", "dave"])
def test_parents_and_other_schools_see_nobodys_sheet(staffed: House, outsider: str) -> None:
    with staffed.visit("charlie") as mai:
        own = own_page(mai)
    with staffed.visit(outsider) as client:
        for path in (PATH, f"{PATH}.xlsx", own):
            assert client.get(path).status_code == 404


def test_a_colleague_sees_no_sheet_but_their_own(staffed: House) -> None:
    with staffed.database.reading() as session:
        nam = session.scalars(select(StaffMember.id).where(StaffMember.code == "GV2")).one()
    with staffed.visit("charlie") as mai:
        assert mai.get(f"{PATH}/{nam}").status_code == 404
        assert mai.post(f"{PATH}/corrections", data=a_form(f"{PATH}/{nam}")).status_code == 404
