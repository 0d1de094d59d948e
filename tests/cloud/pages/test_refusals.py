"""Who reads of a photo held before a camera: the school, and nobody else."""

import pytest

from edge.contract import Liveness, Outcome
from tests.cloud.pages.people import House
from tests.cloud.small_school import MORNING, sighting

SAID = ("Ảnh thay cho người thật?", "A photo instead of a face?")


def held_up(house: House) -> None:
    """Lan's photo is refused; Minh is let pass by a unit that only warns."""
    photo = sighting(1, outcome=Outcome.REFUSED, candidates=(str(house.school.lan),), liveness=Liveness.SPOOF)
    house.report(photo, sighting(2, house.school.minh, at=MORNING, liveness=Liveness.SPOOF))


def test_the_school_sees_whose_photo_it_was_and_whether_it_counted(house: House) -> None:
    held_up(house)
    with house.visit("alice") as client:
        page = client.get("/schools/a").text
    aside = page[page.index(SAID[0]) :]
    assert aside.index("Trần Văn Minh") < aside.index("Nguyễn Thị Lan")
    assert "đã ghi nhận có mặt" in aside
    assert "chưa ghi nhận" in aside


@pytest.mark.parametrize("parent", ["bob", "erin"])
def test_a_parent_reads_nothing_of_it(house: House, parent: str) -> None:
    held_up(house)
    child = house.school.lan if parent == "bob" else house.school.minh
    with house.visit(parent) as client:
        for path in ("/children", f"/students/{child}"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert not any(said in answer.text for said in (*SAID, "spoof", "refused", "chưa ghi nhận"))
        assert client.get("/schools/a").status_code in {403, 404}


def test_nor_does_anybody_of_another_school(house: House) -> None:
    held_up(house)
    for outsider in ("charlie", "dave", "nobody"):
        with house.visit(outsider) as client:
            answer = client.get("/schools/a")
            assert answer.status_code != 200
            assert "Lan" not in answer.text
