"""Chips, lost cards and keys on their pages, and who may not."""

import re
from datetime import date

from sqlalchemy import update

from cloud.accounts.tables import RoleGrant
from cloud.cards import queries
from cloud.people.tables import StaffMember
from tests.cloud.pages.people import House

DAY = date(2026, 11, 16)


def test_a_reader_writes_one_chip_after_the_other_down(house: House) -> None:
    lan, minh = house.school.lan, house.school.minh
    with house.visit("alice") as alice:
        page = f"/cards/classes/{house.school.class_id}"
        first = alice.get(page).text
        assert ("autofocus" in first, "<details open>" in first) == (False, False)
        taken = alice.post(f"/students/{lan}/chip", data={"value": "0004512345"})
        assert taken.headers["location"] == f"{page}?after={lan}#chips"
        after = alice.get(taken.headers["location"]).text
        assert re.search(rf'action="/students/{minh}/chip"><input [^>]*autofocus', after)
        assert (f'action="/students/{lan}/chip-removal"' in after, "<details open>" in after) == (True, True)
        again = alice.post(f"/students/{minh}/chip", data={"value": "0004512345"})
        assert (again.status_code, "đang là của Nguyễn Thị Lan, lớp 1A" in again.text) == (409, True)
        assert re.search(rf'action="/students/{minh}/chip"><input [^>]*value="0004512345"', again.text)
        wrong = alice.post(f"/students/{minh}/chip", data={"value": "thẻ"})
        assert (wrong.status_code, "4 đến 64 chữ cái" in wrong.text) == (422, True)
        back = alice.post(f"/students/{lan}/chip-removal")
        assert back.headers["location"] == f"{page}#chips"
        assert alice.post(f"/students/{minh}/chip", data={"value": "0004512345"}).status_code == 303
    with house.database.reading() as session:
        assert queries.chips(session, house.school.id, DAY) == [("0004512345", minh)]
    for outsider, refusal in (("bob", 404), ("erin", 403), ("charlie", 404), ("dave", 404), ("nobody", 303)):
        with house.visit(outsider) as client:
            for path in ("chip", "chip-removal", "card-revocation"):
                answer = client.post(f"/students/{minh}/{path}", data={"value": "00045"})
                assert answer.status_code == refusal, (outsider, path)
    with house.database.reading() as session:
        assert queries.chips(session, house.school.id, DAY) == [("0004512345", minh)]


def test_a_lost_card_is_revoked_without_another_and_a_key_with_all_its_cards(house: House) -> None:
    with house.database.writing() as session:
        staff = StaffMember(
            school_id=house.school.id, code="GV1", full_name="Cô Mai", search_name="co mai", position=""
        )  # fmt: skip
        session.add(staff)
        session.flush()
        staff_id = staff.id
    with house.visit("alice") as alice:
        alice.post("/schools/a/card-sheets").raise_for_status()
        alice.post("/schools/a/card-sheets/staff").raise_for_status()
        assert "3 thẻ đang có giá trị" in alice.get("/schools/a/cards").text
        lost = f"/students/{house.school.lan}/card-revocation"
        assert lost in alice.get(f"/cards/classes/{house.school.class_id}").text
        assert alice.post(lost).status_code == 303
        assert alice.post(f"/schools/b/staff/{staff_id}/card-revocation").status_code == 404
        assert alice.post(f"/schools/a/staff/{staff_id}/card-revocation").status_code == 303
        with house.database.reading() as session:
            [card] = queries.cards_of(session, house.school.lan)
            assert card.revoked_at is not None
            assert len(queries.revoked_serials(session, house.school.id, DAY)) == 2
        assert alice.post("/schools/a/card-keys").status_code == 303
        assert "1 thẻ đang có giá trị" in alice.get("/schools/a/cards").text
        assert alice.post("/schools/a/card-keys/1/retirement").status_code == 303
        assert alice.post("/schools/a/card-keys/1/retirement").status_code == 404
        page = alice.get("/schools/a/cards").text
        assert "thẻ của khóa này không còn giá trị từ 16/11/2026" in page
        audit = alice.get("/schools/a/audit").text
        assert all(said in audit for said in ("Thẻ đã bị hủy", "Khóa ký thẻ mới đã được tạo", "đã bị loại bỏ"))
    with house.database.reading() as session:
        assert [key.number for key in queries.live_keys(session, house.school.id)] == [2]


def test_what_cards_are_signed_with_is_for_whoever_looks_after_the_units(house: House) -> None:
    with house.database.writing() as session:
        session.execute(update(RoleGrant).where(RoleGrant.user_id == house.school.alice.user_id).values(role="clerk"))
    with house.visit("alice") as clerk:
        assert "/card-keys" not in clerk.get("/schools/a/cards").text
        assert clerk.post("/schools/a/card-keys").status_code == 404
        assert clerk.post("/schools/a/card-keys/1/retirement").status_code == 404
