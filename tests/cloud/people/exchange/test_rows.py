"""What a row means, and why it is rejected."""

from datetime import date, datetime

import pytest

from cloud.kit.errors import Invalid
from cloud.people.exchange.cells import Cell, date_of, text_of
from cloud.people.exchange.formats import Field
from cloud.people.exchange.rows import PupilRow, Rejected, read_row

TODAY = date(2026, 9, 1)
GOOD: dict[Field, Cell] = {
    Field.MINISTRY_ID: "1234567890",
    Field.FULL_NAME: "Nguyễn Thị Lan",
    Field.BIRTH_DATE: "02/03/2019",
    Field.GENDER: "nữ",
    Field.CLASS: "2A",
    Field.PERSONAL_ID: "001219000001",
    Field.CONTACT_PHONE: "0987654321",
}


def reasons(**changed: Cell) -> str:
    row = read_row(7, {**GOOD, **{Field(name): cell for name, cell in changed.items()}}, TODAY)
    assert isinstance(row, Rejected)
    assert row.number == 7
    return "; ".join(map(str, row.reasons))


def pupil(**changed: Cell) -> PupilRow:
    row = read_row(7, {**GOOD, **{Field(name): cell for name, cell in changed.items()}}, TODAY)
    assert isinstance(row, PupilRow)
    return row


def test_a_good_row_is_a_pupil() -> None:
    row = pupil()
    assert (row.code, row.personal_id, row.grade, row.phone) == ("1234567890", "001219000001", 2, "84987654321")
    assert (row.birth_date, row.detail(Field.GENDER)) == (date(2019, 3, 2), "Nữ")


def test_an_eleven_digit_personal_id_is_rejected_with_its_row_and_reason() -> None:
    assert reasons(personal_id="00121900001") == "the personal id is 12 digits long; this one is 11"


def test_a_first_grader_without_the_ministrys_id_is_temporary() -> None:
    assert pupil(ministry_id="", **{"class": "1A"}).code == "TAM-001219000001"
    assert "only a pupil of grade 1" in reasons(ministry_id="")
    assert "neither" in reasons(ministry_id=None, personal_id="", **{"class": "1A"})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ministry_id": "12345"}, "10 digits"),
        ({"full_name": ""}, "name is missing"),
        ({"birth_date": "31/02/2019"}, "no date"),
        ({"birth_date": ""}, "birth date is missing"),
        ({"birth_date": "02/03/1990"}, "years old"),
        ({"class": ""}, "class is missing"),
        ({"class": "Lá"}, "no grade"),
        ({"contact_phone": "1234"}, "phone"),
        ({"gender": "x"}, "gender"),
    ],
)
def test_every_other_fault_is_named(changed: dict[str, Cell], said: str) -> None:
    assert said in reasons(**changed)


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    said = reasons(ministry_id="1", full_name="", contact_phone="1234")
    assert all(fault in said for fault in ("the name", "the ministry's id", "phone"))


def test_excel_serial_42370_is_the_first_of_january_2016() -> None:
    assert date_of(42370) == date_of(42370.0) == date_of("42370") == date(2016, 1, 1)
    assert date_of(datetime(2016, 1, 1)) == date_of("01/01/2016") == date(2016, 1, 1)
    for wrong in (0, -1, 10**9, "hôm nay"):
        with pytest.raises(Invalid):
            date_of(wrong)


def test_an_id_that_excel_made_a_number_stays_an_id() -> None:
    assert text_of(1234567890.0) == text_of(1234567890) == "1234567890"
