"""The guard's view of what waits for staff: twins to be told apart, faces that gave no name."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from edge.__main__ import main
from edge.contract import Method, Outcome, Sighting
from edge.store import held
from edge.store.key_file import read_or_make_key
from edge.store.questions import Asked, Questions
from edge.store.review import Review, Shot
from tests.edge.panel.conftest import PIN, Unit
from tests.services.waiting import eventually

Start = Callable[..., str]
PICTURE = cv2.imencode(".jpg", np.full((150, 120, 3), (90, 140, 200), np.uint8))[1].tobytes()


def seen(unit: Unit, outcome: Outcome, *candidates: str) -> Sighting:
    return Sighting(seq=1, captured_at=unit.clock.now(), clock=unit.clock.reading(), outcome=outcome,
                    method=Method.FACE, candidates=candidates)  # fmt: skip


@pytest.fixture
def review(unit: Unit) -> Review:
    """With two faces: one that may be Bình's or Ánh's, and one of nobody known."""
    review = Review(unit.connection, read_or_make_key(unit.data_dir), unit.clock, keep_s=3600, max_bytes=10**6)
    shot = Shot(PICTURE, np.zeros(128, np.float32), "55533b28", 0.7)
    review.keep(seen(unit, Outcome.UNKNOWN), shot, may_teach=True)
    review.keep(seen(unit, Outcome.ASK, "hs-2", "hs-1"), shot, may_teach=True)
    return review


def verdicts(review: Review) -> list[tuple[str | None, str | None]]:
    return [(one.verdict, one.person) for one in review.items()]


@pytest.mark.browser
def test_staff_tell_twins_apart_assign_a_face_and_take_it_back(
    unit: Unit, review: Review, start_panel: Start, browser: Browser
) -> None:
    twins = seen(unit, Outcome.ASK, "hs-1", "hs-2")
    asking = Questions(unit.connection, unit.outbox, unit.clock)
    assert asking.ask(twins, ("hs-1", "hs-2"), first_ms=twins.clock.monotonic_ms, beside=0, passage_s=60) is Asked.OPEN
    page = browser.new_page(viewport={"width": 800, "height": 480})
    address = start_panel(review_hours=1)
    page.goto(address)
    expect(page.locator("#vi")).to_have_text("Mời đưa thẻ hoặc gặp thầy cô")
    page.goto(f"{address}/guard")
    for digit in PIN:
        page.click(f'#keys >> text="{digit}"')
    page.click('#keys >> text="OK"')
    expect(page.locator("#asked button")).to_have_text(["Nguyễn Thị Ánh (1A)", "Trần Văn Bình (1A)"])
    page.click('#asked >> text="Trần Văn Bình (1A)"')
    eventually(lambda: [one.person for one in held.waiting(unit.connection, unit.clock)] == ["hs-2"])
    expect(page.locator("#asked button")).to_have_count(0)

    page.click('text="Xem lại (2)"')
    faces = page.locator("#faces article")
    expect(faces).to_have_count(2)
    assert page.evaluate("[...document.querySelectorAll('#faces img')].every((one) => one.naturalWidth === 120)")
    faces.nth(0).get_by_text("Nguyễn Thị Ánh (1A)").click()
    expect(faces.nth(0).locator(".said")).to_contain_text("Nguyễn Thị Ánh")
    assert verdicts(review)[0] == ("assigned", "hs-1")
    faces.nth(0).get_by_text("Hoàn tác").click()
    expect(faces.nth(0).locator(".said")).to_contain_text("chưa chắc là ai")
    faces.nth(1).get_by_label("Người khác").select_option("hs-3")
    eventually(lambda: verdicts(review) == [(None, None), ("assigned", "hs-3")])
    faces.nth(0).get_by_text("Bỏ qua").click()
    expect(page.locator("#review")).to_have_text("Xem lại (0)")
    assert verdicts(review)[0] == ("dismissed", None)
    page.close()


def test_what_cannot_be_is_said(unit: Unit, review: Review, start_panel: Start) -> None:
    with httpx.Client(base_url=start_panel(review_hours=1)) as guard:
        assert guard.post("/guard/unlock", json={"pin": PIN}).status_code == 200
        number = review.items()[0].id
        assert guard.get(f"/guard/face/{number}.jpg").content == PICTURE
        assert guard.get("/guard/face/999.jpg").status_code == 404
        unknown = guard.post("/guard/assign", json={"item": number, "person": "hs-999"})
        assert "not on this unit's list" in unknown.json()["problem"]
        assert guard.post("/guard/dismiss", json={"item": "1; DROP TABLE"}).status_code == 422
        assert guard.post("/guard/take-back", json={"item": number}).status_code == 422
    assert verdicts(review) == [(None, None)] * 2


def test_the_panel_alone_erases_what_is_over(unit: Unit, review: Review, start_panel: Start) -> None:
    start_panel(review_hours=0)
    eventually(lambda: review.items() == [])


def test_the_commands_do_the_same(
    unit: Unit, review: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DIEMDANH_EDGE_DATA_DIR", str(unit.data_dir))
    monkeypatch.setenv("DIEMDANH_EDGE_REVIEW_HOURS", "1")
    asked, unknown = (one.id for one in review.items())
    assert main(["review", "list", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["item"], one["outcome"], one["candidates"]) for one in lines] == [
        (asked, "ask", ["hs-2", "hs-1"]), (unknown, "unknown", []),
    ]  # fmt: skip
    assert main(["review", "show", str(asked), "--to", str(tmp_path / "face.jpg")]) == 0
    assert (tmp_path / "face.jpg").read_bytes() == PICTURE
    assert (tmp_path / "face.jpg").stat().st_mode & 0o777 == 0o600
    assert main(["review", "assign", str(asked), "hs-1"]) == 0
    assert main(["review", "dismiss", str(unknown)]) == 0
    assert verdicts(review) == [("assigned", "hs-1"), ("dismissed", None)]
    assert main(["review", "undo", str(asked)]) == 0
    assert verdicts(review)[0] == (None, None)
    for wrong in (["assign", str(asked)], ["show"], ["show", "999", "--to", "x.jpg"], ["undo", str(asked)]):
        assert main(["review", *wrong]) == 1
    assert "hs-1" not in capsys.readouterr().err
