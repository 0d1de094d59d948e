"""Cards on paper: what is printed is read back as a unit reads it, a new one revokes the old, and staff alone print."""

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import zxingcpp
from sqlalchemy import update

from cloud.cards import queries
from cloud.cards.sheets import PrintedCard, print_sheet
from cloud.kit.db import Database
from cloud.kit.i18n import Language
from cloud.people.tables import Student
from edge.contract.cards import Card, print_card, read_card
from tests.cloud.pages.people import House, open_house

UNTIL = date(2027, 8, 31)


def test_every_code_of_a_sheet_is_read_back_at_the_resolution_of_a_cheap_printer() -> None:
    texts = [print_card(Card(1, serial, UNTIL, f"person-{serial}"), lambda _: bytes(64)) for serial in range(1, 11)]
    names = ["Nguyễn Thị Ánh Tuyết", "Đặng Hoàng Phương Uyên Nguyệt Ẩn Ngữ Ỡ " * 3, '#import "x" \\ $1$ <b>&']
    cards = [
        PrintedCard(names[number % 3], "1A", f"HS{number}", number, UNTIL, text) for number, text in enumerate(texts, 1)
    ]
    png = print_sheet("Trường Tiểu học Hoa Sen", cards, Language.VI, png_ppi=150)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[:2] == (1754, 1240), "A4"
    found = zxingcpp.read_barcodes(picture)
    assert {read_card(code.text).card.serial for code in found} == set(range(1, 11))
    assert {code.text for code in found} == set(texts)


def pages_of(house: House, who: str) -> list[int]:
    with house.visit(who) as client:
        return [
            client.get("/schools/a/cards").status_code,
            client.get(f"/cards/classes/{house.school.class_id}").status_code,
            client.post("/schools/a/card-sheets", data={"class_id": str(house.school.class_id)}).status_code,
            client.post(f"/students/{house.school.lan}/card-replacement").status_code,
        ]


def test_a_sheet_is_printed_again_alike_and_a_lost_card_is_replaced(database: Database, tmp_path: Path) -> None:
    today = date(2026, 11, 16)
    with open_house(database, keyring_url=f"sqlite:///{tmp_path}/keys.sqlite3") as house:
        a_class = {"class_id": str(house.school.class_id)}
        for who, refused in (("bob", [404, 404, 404, 403]), ("erin", [404] * 4), ("dave", [404] * 4)):
            assert pages_of(house, who) == refused, who
        with house.visit("alice") as alice:
            sheet = alice.post("/schools/a/card-sheets", data=a_class)
            assert (sheet.headers["content-type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
            alice.post("/schools/a/card-sheets")
            with database.reading() as session:
                [card] = queries.cards_of(session, house.school.lan)
                assert len(queries.cards_of(session, house.school.minh)) == 1
            listed = alice.get(f"/cards/classes/{house.school.class_id}").text
            assert "Nguyễn Thị Lan" in listed
            assert f'action="/students/{house.school.lan}/card-replacement"' in listed
            replaced = alice.post(f"/students/{house.school.lan}/card-replacement")
            assert replaced.content[:5] == b"%PDF-"
            assert (
                alice.post("/schools/a/card-sheets", data={"class_id": str(house.school.stranger)}).status_code == 404
            )
        with database.reading() as session:
            new, old = queries.cards_of(session, house.school.lan)
            assert (old.serial, old.revoked_at is not None, new.revoked_at) == (card.serial, True, None)
            assert queries.revoked_serials(session, house.school.id, today) == [card.serial]
        with database.writing() as session:
            session.execute(update(Student).where(Student.id == house.school.lan).values(left_on=today))
        with house.visit("alice") as alice:
            gone = alice.post(f"/students/{house.school.lan}/card-replacement")
            assert (gone.status_code, "Học sinh này đã rời trường." in gone.text) == (409, True)
            assert 'action="/schools/a/card-sheets"' in gone.text, "on the page of the cards"
            assert alice.post("/schools/a/card-sheets", data={"class_id": "1A"}).status_code == 404
            nobody = alice.post("/schools/a/card-sheets/staff")
            assert (nobody.status_code, 'role="alert"' in nobody.text) == (409, True)
        with database.reading() as session:
            assert queries.revoked_serials(session, house.school.id, today) == [card.serial, new.serial]
