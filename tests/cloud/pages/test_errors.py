import json

import pytest

from cloud.accounts import pages
from cloud.kit import errors
from cloud.kit.errors import CloudError
from cloud.kit.web.headers import HEADERS
from cloud.kit.web.problems import FAILURE, WORDS
from tests.cloud.pages.people import House

PROGRAM = {"accept": "application/json"}


def test_a_program_gets_a_problem_document(house: House) -> None:
    with house.visit("erin") as client:
        answer = client.get(f"/students/{house.school.lan}", headers=PROGRAM)
    assert answer.headers["content-type"] == "application/problem+json"
    document = json.loads(answer.content)
    assert document["status"] == answer.status_code == 404
    assert document["title"] == "Not found"
    assert str(house.school.lan) not in answer.text


def test_a_program_without_a_session_is_not_led_to_a_page(house: House) -> None:
    with house.visit() as client:
        answer = client.get("/children", headers=PROGRAM)
    assert (answer.status_code, json.loads(answer.content)["detail"]) == (401, "Please log in.")


def test_a_person_gets_a_page_in_their_language(house: House) -> None:
    with house.visit() as client:
        assert "Không tìm thấy" in client.get("/nowhere").text
        client.post("/language", data={"language": "en"})
        assert "Not found" in client.get("/nowhere").text


def test_every_error_of_ours_has_words_that_do_not_blame_the_service() -> None:
    ours = {one.status for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CloudError)}
    assert ours - set(WORDS) == {401, 500}, "who is not logged in is led to the log-in page"
    assert FAILURE not in WORDS.values()


def test_a_refusal_tells_a_person_in_their_language_what_a_program_is_told(shared_house: House) -> None:
    with shared_house.visit("alice") as client:
        answer = client.get("/schools/a/meals/sheet.pdf")
        assert (answer.status_code, "chưa chốt" in answer.text) == (404, True)
        told = client.get("/schools/a/meals/sheet.pdf", headers=PROGRAM).json()
        assert told["detail"] == "The count of this day is not locked, or there were no meals."


def test_an_address_with_what_cannot_be_used_names_it_and_leads_to_the_page(shared_house: House) -> None:
    with shared_house.visit("alice") as client:
        answer = client.get("/schools/a/attendance?day=khong")
    assert (answer.status_code, "không dùng được: ngày." in answer.text) == (422, True)
    assert 'href="/schools/a/attendance"' in answer.text
    assert "khong" not in answer.text


def test_an_emptied_day_asks_for_none_and_one_that_no_page_shows_is_named(shared_house: House) -> None:
    register = f"/classes/{shared_house.school.class_id}/register"
    with shared_house.visit("alice") as client:
        for path in ("/schools/a/attendance", "/schools/a/meals/sheet", "/schools/a/timetable", register):
            assert client.get(f"{path}?day=").status_code == 200, path
        for day in ("0001-01-01", "9999-12-31"):
            answer = client.get(f"{register}?day={day}")
            assert (answer.status_code, "không dùng được: ngày." in answer.text) == (422, True)
            assert client.get(f"/students/{shared_house.school.lan}/days/{day}").status_code == 422


def test_what_was_sent_is_not_repeated_in_the_answer(house: House) -> None:
    with house.visit() as client:
        answer = client.post("/language", data={"language": "a secret"}, headers=PROGRAM)
    assert answer.status_code == 422
    assert "body.language" in answer.text
    assert "a secret" not in answer.text


def test_a_fault_of_ours_says_nothing_of_the_inside(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("the inside")

    with house.visit() as client:
        monkeypatch.setattr(pages.queries, "user_by_login", break_down)
        answer = client.post("/login", data={"login": "alice", "password": "no"})
    assert answer.status_code == 500
    assert "Lỗi của chúng tôi" in answer.text
    assert "the inside" not in answer.text
    assert "the inside" in caplog.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_a_flood_is_not_read_to_its_end(house: House) -> None:
    with house.visit() as client:
        answer = client.post("/login", data={"login": "a" * 2_000_000, "password": "no"})
        client.headers["content-type"] = "application/x-www-form-urlencoded"
        streamed = client.post("/login", content=iter([b"login=" + b"a" * 700_000, b"a" * 700_000]))
    assert (answer.status_code, streamed.status_code) == (413, 413)


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/children", "/push/key"])
def test_every_answer_is_protected(house: House, path: str) -> None:
    with house.visit("bob") as client:
        answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_what_never_changes_is_kept_and_what_may_change_is_asked_for_again(house: House) -> None:
    with house.visit() as client:
        by_digest = house.url + "/static/diemdanh.css?v=" + client.get("/login").text.split("diemdanh.css?v=")[1][:12]
        assert "immutable" in client.get(by_digest).headers["cache-control"]
        for path in ("/static/diemdanh.css", "/static/diemdanh.css?v=000000000000", "/sw.js"):
            assert client.get(path).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/../main.py", "/static/%2e%2e/%2e%2e/main.py", "/static//etc/passwd"])
def test_no_other_file_is_served(house: House, path: str) -> None:
    with house.visit() as client:
        assert client.get(path).status_code == 404
