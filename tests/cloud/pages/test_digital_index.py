"""The page on which a school says what it has."""

from sqlalchemy import select

from cloud.accounts.tables import AuditEntry
from tests.cloud.pages.people import House

PAGE = "/schools/a/digital-index"


def test_what_is_said_makes_points_a_level_and_what_is_missing(house: House) -> None:
    said = {"there-1.1": "yes", "evidence-1.1": "Kế hoạch số 12", "p-2.3.3": "9,5", "p-2.3.5": "10", "p-2.4.2": "12"}
    with house.visit("alice") as alice:
        assert "Năm 2026" in (empty := alice.get(PAGE).text)
        assert empty.count("Mức 1") == 2
        assert alice.post(PAGE, data=said).headers["location"] == f"{PAGE}?year=2026"
        shown = alice.get(PAGE).text
        assert "31,5 trên 100 điểm" in shown
        assert 'value="Kế hoạch số 12"' in shown
        teaching, _, running = shown.partition('id="g2"')
        assert "1.2 Quy chế dạy học trực tuyến" in teaching.partition("<ol")[0]
        assert "1.1 Kế hoạch" not in teaching.partition("<ol")[0]
        assert "2.1 Bộ phận phụ trách" in running.partition("<ol")[0]
    with house.database.reading() as session:
        assert session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "digital_index.saved")).all() == [
            "2026"
        ]


def test_the_year_before_stands_beside_it_and_a_year_to_come_does_not_exist(house: House) -> None:
    with house.visit("alice") as alice:
        alice.post(f"{PAGE}?year=2025", data={"p-1.4": "10"})
        shown = alice.get(PAGE).text
        assert "2025: 10 điểm, mức 1" in shown
        assert "2025: 0 điểm, mức 1" in shown
        assert [alice.get(f"{PAGE}?year={year}").status_code for year in (2021, 2022, 2026, 2027)] == [
            404,
            200,
            200,
            404,
        ]
        assert alice.post(f"{PAGE}?year=2027", data={}).status_code == 404


def test_too_many_points_are_named_and_nothing_is_changed(house: House) -> None:
    with house.visit("alice") as alice:
        answer = alice.post(PAGE, data={"p-1.4": "11", "p-1.7.1": "8"})
        assert answer.status_code == 422
        assert "điểm từ 0 đến 10" in answer.text
        assert 'value="11"' in answer.text
        assert 'value="8"' not in alice.get(PAGE).text


def test_a_school_tells_no_other(house: House) -> None:
    with house.visit("alice") as alice:
        alice.post(PAGE, data={"evidence-1.1": "Kế hoạch số 12"})
    for outsider in ("dave", "bob", "nobody"):
        with house.visit(outsider) as other:
            assert "Kế hoạch số 12" not in other.get(PAGE, follow_redirects=True).text
            assert other.post(PAGE, data={"p-1.4": "10"}).status_code in (303, 404)
    with house.visit("alice") as alice:
        assert 'value="10"' not in alice.get(PAGE).text
