"""Cards over HTTP: issued by the school alone, signed so that a unit can tell, revoked for ever."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cloud.attendance.timesheets.queries import seen
from cloud.briefings import queries as briefed
from cloud.cards import queries
from cloud.cards.rules import normal_chip, valid_until
from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.people.tables import StaffMember
from edge.contract.cards import read_card
from tests.cloud.pages.people import open_house
from tests.cloud.small_school import MORNING, sighting

DAY = date(2026, 11, 16)


def test_a_card_is_issued_read_revoked_and_is_nobody_elses_to_touch(database: Database, tmp_path: Path) -> None:
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        lan = f"/api/v1/students/{house.school.lan}"
        with house.visit("alice") as alice:
            issued = alice.post(f"{lan}/cards", json={"valid_until": None}).raise_for_status().json()
            again = alice.post(f"{lan}/cards", json={"valid_until": "2027-01-31"}).raise_for_status().json()
            gone_by = alice.post(f"{lan}/cards", json={"valid_until": "2020-01-31"})
            assert gone_by.status_code == 422
            for number in (" 0004512345 ", "0004512346"):
                alice.put(f"{lan}/chip", json={"value": number}).raise_for_status()
            assert alice.put(f"{lan}/chip", json={"value": "no chip"}).status_code == 422
        claim = read_card(issued["text"])
        assert (claim.card.person, claim.card.valid_until) == (str(house.school.lan), date(2027, 8, 31))
        with database.reading() as session:
            (key,) = queries.live_keys(session, house.school.id)
            assert queries.chips(session, house.school.id, DAY) == [("0004512346", house.school.lan)]
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(claim.signature, claim.signed)

        for outsider, refusal in (("bob", 403), ("erin", 404), ("charlie", 404), ("dave", 404), ("nobody", 303)):
            with house.visit(outsider) as client:
                for method, path, body in (
                    ("POST", f"{lan}/cards", {}),
                    ("GET", f"{lan}/cards", None),
                    ("PUT", f"{lan}/chip", {"value": "00045"}),
                    ("POST", f"/api/v1/cards/{issued['serial']}/revocation", None),
                ):
                    assert client.request(method, path, json=body).status_code == refusal, (outsider, path)
        with house.visit("alice") as alice:
            alice.post(f"/api/v1/cards/{issued['serial']}/revocation").raise_for_status()
            shown = alice.get(f"{lan}/cards").json()
            assert [(card["serial"], card["revoked_at"] is None) for card in shown] == [
                (again["serial"], True),
                (issued["serial"], False),
            ]
            assert "1 thẻ đang có giá trị" in alice.get("/schools/a/cards").text, "of two that one key signed"
            assert alice.post("/api/v1/schools/a/card-keys").json() == {"number": 2}
            assert alice.delete("/api/v1/schools/a/card-keys/1").status_code == 204
        with database.reading() as session:
            assert [key.number for key in queries.live_keys(session, house.school.id)] == [2]
            assert queries.revoked_serials(session, house.school.id, date(2026, 11, 16)) == [issued["serial"]]


@pytest.mark.parametrize(
    ("today", "until"),
    [("2026-09-05", "2027-08-31"), ("2027-05-31", "2027-08-31"), ("2026-08-20", "2027-08-31")],
)
def test_a_card_counts_until_the_school_year_ends(today: str, until: str) -> None:
    assert valid_until(date.fromisoformat(today)) == date.fromisoformat(until)


@pytest.mark.parametrize("typed", ["", "123", "thẻ-1", "a" * 65])
def test_a_chip_is_what_a_reader_types(typed: str) -> None:
    with pytest.raises(Invalid, match="4 to 64"):
        normal_chip(typed)


def test_a_member_of_staff_shows_a_card_that_fills_the_timesheet_until_they_leave(
    database: Database, tmp_path: Path
) -> None:
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        with database.writing() as session:
            session.add(
                StaffMember(
                    school_id=house.school.id, code="GV01", full_name="Phạm Thị Hoa", search_name="pham thi hoa",
                    position="guard",
                )
            )  # fmt: skip
        with house.visit("alice") as alice:
            assert "Phạm Thị Hoa" in alice.get("/schools/a/cards/staff").text
            pdf = alice.post("/schools/a/card-sheets/staff").raise_for_status()
            assert pdf.content.startswith(b"%PDF")
            assert 'class="num">1/1<' in alice.get("/schools/a/cards").text
        with database.reading() as session:
            [holder] = queries.staff_holders(session, house.school.id, DAY)
            assert holder.card is not None
        with house.visit("alice") as alice:
            replacement = f"/schools/a/staff/{holder.bearer.id}/card-replacement"
            alice.post(replacement).raise_for_status()
            assert alice.post(f"/schools/b/staff/{holder.bearer.id}/card-replacement").status_code == 404
        with database.reading() as session:
            assert queries.revoked_serials(session, house.school.id, DAY) == [holder.card.serial]
        for outsider in ("bob", "erin", "charlie", "dave", "nobody"):
            with house.visit(outsider) as client:
                assert client.post(replacement).status_code == (303 if outsider == "nobody" else 404)
                assert client.get("/schools/a/cards/staff").status_code == (303 if outsider == "nobody" else 404)
        came = sighting(1, holder.bearer.id, at=MORNING), sighting(2, holder.bearer.id, at=MORNING + timedelta(hours=8))
        house.clock.now = MORNING + timedelta(hours=9)
        house.report(*came)
        with database.reading() as session:
            [times] = seen(session, house.school.id, [holder.bearer.id], DAY, DAY).values()
            assert times == [MORNING, MORNING + timedelta(hours=8)]
        with house.visit("alice") as alice:
            assert "8,0" in alice.get("/schools/a/timesheets?month=2026-11").text
            alice.post(f"/schools/a/staff/{holder.bearer.id}/leave", data={"day": f"{DAY}"})
        with database.reading() as session:
            assert len(queries.revoked_serials(session, house.school.id, DAY)) == 2
            assert queries.staff_holders(session, house.school.id, DAY) == []
            assert briefed.staff(session, house.school.id, DAY) == []
