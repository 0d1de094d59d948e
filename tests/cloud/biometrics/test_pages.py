"""Consent as pages: bob answers for Lan and takes it back, alice takes answers down, nobody else sees any of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from cloud.biometrics.queries.consent import history
from cloud.biometrics.tables import ConsentScan, PrivacyRequest, RosterHolding
from cloud.kit.db import Database
from cloud.people.tables import Guardian
from tests.cloud.biometrics.test_api import bring
from tests.cloud.pages.people import House, open_house

PNG = b"\x89PNG\r\n\x1a\n" + b"a signed form, scanned" * 20


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def child_page(house: House) -> str:
    return f"/children/{house.school.lan}/consent"


def pupil_page(house: House) -> str:
    return f"/consent/students/{house.school.lan}"


def say(client: httpx.Client, house: House, answer: str, party: str = "guardian") -> str:
    """Returns the page that follows."""
    form = {"party": party, "answer": answer, "wording_version": "1"}
    after = client.post(child_page(house), data=form)
    assert after.status_code == 303, after.text
    return client.get(after.headers["location"]).text


def answers(house: House) -> list[tuple[str, str, str]]:
    with house.database.reading() as session:
        return [(row.party, row.answer, row.how) for row in history(session, house.school.lan)]


def father(house: House) -> UUID:
    with house.database.reading() as session:
        return session.scalars(select(Guardian.id).where(Guardian.user_id == house.school.bob.user_id)).one()


def test_three_equal_answers_and_none_is_given_beforehand(house: House) -> None:
    with house.visit("bob") as client:
        page = client.get(child_page(house)).text
        overview = client.get("/children").text
    guardian, child = re.findall(r'<form class="answers".*?</form>', page, re.DOTALL)
    for form in (guardian, child):
        assert re.findall(r'<button name="answer" value="(\w+)">', form) == ["granted", "refused", "later"]
        assert "class=" not in form.split(">", 1)[1], "one answer looks unlike the others"
    assert "checked" not in page
    assert "selected" not in page
    assert child_page(house) in overview


def test_yes_by_guardian_and_child_then_withdrawal_shows_what_each_unit_has_erased(house: House) -> None:
    with house.visit("bob") as client:
        assert "Chưa hỏi ý kiến của con" in say(client, house, "granted")
        assert bring(house).status_code == 409
        assert "Đồng ý" in say(client, house, "granted", "child")
        assert bring(house).status_code == 204
        with house.database.writing() as session:
            now = house.clock.now
            session.add(RosterHolding(device_id="gate-1", student_id=house.school.lan, given_at=now))
            session.add(
                RosterHolding(
                    device_id="gate-2", student_id=house.school.lan, given_at=now, erased_at=now, acknowledged_at=now
                )
            )
        before = client.get(child_page(house)).text
        assert "đang giữ mẫu" in before
        assert "<details" in before
        after = say(client, house, "withdrawn")
    assert "không giữ gì" in after
    assert "đang chờ" in after
    assert "đã xóa" in after
    assert "Đã rút lại" in after
    assert answers(house)[-1] == ("guardian", "withdrawn", "guardian_page")
    assert bring(house).status_code == 409


def test_later_writes_nothing_down_and_no_is_an_answer(house: House) -> None:
    with house.visit("bob") as client:
        assert "Chưa ghi lại điều gì" in say(client, house, "later")
        assert answers(house) == []
        refused = say(client, house, "refused")
    assert "không khác gì các bạn" in refused
    assert answers(house) == [("guardian", "refused", "guardian_page")]


def test_nobody_else_has_a_guardians_page(house: House) -> None:
    form = {"party": "guardian", "answer": "granted", "wording_version": "1"}
    for who in ("alice", "erin", "charlie", "dave"):
        with house.visit(who) as client:
            assert client.get(child_page(house)).status_code == 404, who
            assert client.post(child_page(house), data=form).status_code == 404, who
            asked = client.post(f"/children/{house.school.lan}/requests", data={"kind": "access"})
            assert asked.status_code == 404, who
    assert answers(house) == []


def take_down(house: House, *, scan: bytes | None = PNG, **said: str) -> httpx.Response:
    form = {"who": str(father(house)), "answer": "granted", "how": "paper", "wording_version": "1", **said}
    files = {"scan": ("form.pdf", scan)} if scan is not None else None
    with house.visit("alice") as client:
        return client.post(f"{pupil_page(house)}/answers", data=form, files=files)


def test_a_paper_form_comes_with_its_scan_which_is_stored_sealed(house: House) -> None:
    assert take_down(house, said_on="2026-11-10").status_code == 303
    assert answers(house) == [("guardian", "granted", "paper")]
    with house.database.reading() as session:
        (scan,) = session.scalars(select(ConsentScan)).all()
        assert b"signed form" not in scan.sealed
    with house.visit("alice") as client:
        page = client.get(pupil_page(house)).text
        assert "10/11/2026" in page
        shown = client.get(f"{pupil_page(house)}/scans/{scan.id}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert "sandbox" in shown.headers["content-security-policy"]
    for who, status in (("bob", 403), ("erin", 404), ("dave", 404)):
        with house.visit(who) as client:
            assert client.get(f"{pupil_page(house)}/scans/{scan.id}").status_code == status
    with house.database.writing() as session:
        session.get_one(ConsentScan, scan.id).sealed = b""  # as the worker leaves it after its time
    with house.visit("alice") as client:
        assert client.get(f"{pupil_page(house)}/scans/{scan.id}").status_code == 404


UNFIT: list[tuple[bytes | None, dict[str, str], int, str]] = [
    (None, {}, 422, "phải kèm bản quét"),
    (b"MZ a programme", {}, 422, "PDF, JPEG hay PNG"),
    (PNG + bytes(5 * 1024 * 1024), {}, 413, "lớn hơn 5 MB"),
    (PNG, {"how": "in_person"}, 422, "đi kèm phiếu giấy"),
    (PNG, {"answer": ""}, 422, "không có ô nào được chọn sẵn"),
    (PNG, {"said_on": "2026-12-01"}, 422, "chưa tới"),
    (PNG, {"said_on": "hôm qua"}, 422, "năm-tháng-ngày"),
    (PNG, {"who": str(UUID(int=4))}, 403, ""),
]


def test_what_does_not_fit_is_said_and_nothing_is_kept(house: House) -> None:
    for scan, said, status, why in UNFIT:
        answer = take_down(house, scan=scan, **said)
        assert (answer.status_code, why in answer.text) == (status, True), (said, why)
        kept = re.findall(r'value="([^"]+)" required checked', answer.text)
        typed = {"who": str(father(house)), "answer": "granted", "how": "paper", **said}
        assert status == 403 or kept == [typed[name] for name in ("who", "answer", "how") if typed[name]]
        assert f'value="{said.get("said_on", "")}"' in answer.text or status == 403
    assert answers(house) == []
    with house.database.reading() as session:
        assert session.scalars(select(ConsentScan)).all() == []


def test_a_class_shows_who_said_what_and_prints_forms_for_the_others(house: House) -> None:
    assert take_down(house, scan=None, how="in_person", answer="refused").status_code == 303
    with house.visit("alice") as client:
        page = client.get(f"/consent/classes/{house.school.class_id}").text
        forms = client.get(f"/consent/classes/{house.school.class_id}/forms").text
        pdf = client.get(f"/consent/classes/{house.school.class_id}/forms.pdf")
        overview = client.get("/schools/a/consent").text
    assert re.search(r"Nguyễn Thị Lan</a> <span class=\"soft small num\">1</span></th><td>Không đồng ý", page)
    assert re.search(r"Trần Văn Minh</a> .*</th><td>Chưa trả lời", page)
    assert re.search(r">1A</a></th>(<td class=\"num\">\d</td>)", overview)
    assert "Trần Văn Minh" in forms
    assert "Nguyễn Thị Lan" not in forms
    assert "checked" not in forms
    assert f"/consent/classes/{house.school.class_id}/forms.pdf" in forms
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert re.findall(rb"/Type/Page(?!s)", pdf.content) == [b"/Type/Page"], "one pupil has not answered"


def test_a_request_shows_the_laws_clocks_and_is_closed_by_whoever_did_it(house: House) -> None:
    wish = {"kind": "correction", "wish": "Ngày sinh là 01/05/2016"}
    with house.visit("bob") as client:
        for odd in ("", "withdrawal"):
            unsaid = client.post(f"/children/{house.school.lan}/requests", data=wish | {"kind": odd})
            assert (unsaid.status_code, "hãy chọn trong danh sách" in unsaid.text) == (422, True)
            assert "Ngày sinh là 01/05/2016</textarea>" in unsaid.text
        for _ in range(2):
            assert client.post(f"/children/{house.school.lan}/requests", data=wish).status_code == 303
        assert "01/05/2016" in client.get(child_page(house)).text
    with house.database.reading() as session:
        (asked,) = session.scalars(select(PrivacyRequest)).all()
    house.clock.now += timedelta(days=4)
    with house.visit("alice") as client:
        page = client.get("/schools/a/consent").text
        assert "18/11/2026" in page
        assert "26/11/2026" in page
        assert "quá hạn" in page
        for step in ("acknowledged", "done"):
            assert client.post(f"/consent/requests/{asked.id}", data={"step": step}).status_code == 303
        assert "quá hạn" not in client.get("/schools/a/consent").text
    with house.database.reading() as session:
        (seen,) = session.scalars(select(PrivacyRequest)).all()
    assert (seen.acknowledged_at, seen.done_by) == (house.clock.now, house.school.alice.user_id)
    for who in ("bob", "erin", "dave"):
        with house.visit(who) as client:
            assert client.post(f"/consent/requests/{asked.id}", data={"step": "done"}).status_code == 404
            assert client.get("/schools/a/consent").status_code == 404


def test_erasure_is_not_done_while_a_template_or_a_unit_says_otherwise(house: House) -> None:
    with house.visit("bob") as client:
        say(client, house, "granted")
        say(client, house, "granted", "child")
        assert bring(house).status_code == 204
        client.post(f"/children/{house.school.lan}/requests", data={"kind": "deletion"})
        with house.database.writing() as session:
            (asked,) = session.scalars(select(PrivacyRequest)).all()
            session.add(RosterHolding(device_id="gate-1", student_id=house.school.lan, given_at=house.clock.now))
        with house.visit("alice") as staff:
            done = f"/consent/requests/{asked.id}"
            early = staff.post(done, data={"step": "done"})
            assert (early.status_code, "Mẫu khuôn mặt vẫn còn" in early.text, done in early.text) == (409, True, True)
            say(client, house, "withdrawn")
            assert staff.post(done, data={"step": "done"}).status_code == 409
            with house.database.writing() as session:
                session.get_one(RosterHolding, ("gate-1", house.school.lan)).erased_at = house.clock.now
            assert staff.post(done, data={"step": "done"}).status_code == 303
