"""A form that is sent twice is taken once, one after the other and at the same moment, and leads where it led."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from cloud.accounts.sent_once import KNOWN_FOR
from cloud.accounts.tables import SentForm, User
from cloud.attendance.leave.tables import LeaveRequest
from cloud.attendance.release.tables import CollectPermit
from cloud.kit.db import Base, Database
from cloud.notifications.groups.tables import GroupMessage
from cloud.notifications.notices.tables import Notice
from cloud.notifications.posts.tables import Post
from cloud.notifications.threads.tables import ThreadMessage
from tests.cloud.notifications.staffroom import TEACHER, staffed
from tests.cloud.pages.people import House, open_house
from tests.cloud.schoolhouse import MONDAY, give_calendar

SOME_DAY = {"first_day": str(MONDAY), "last_day": str(MONDAY), "reason": "Sốt"}


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        staffed(house)
        with database.writing() as session:
            give_calendar(session, house.school.id)
        with house.visit(TEACHER) as mai:
            assert mai.post(f"/classes/{house.school.class_id}/group/mode", data={"mode": "open"}).status_code == 303
        yield house


@dataclass(frozen=True, slots=True)
class Form:
    who: str
    page: str
    to: str
    typed: dict[str, str]
    table: type[Base]


def forms(house: House) -> dict[str, Form]:
    lan, of_class = f"/children/{house.school.lan}", f"/classes/{house.school.class_id}/group"
    with house.database.reading() as session:
        mai = str(session.scalars(select(User.id).where(User.login == TEACHER)).one())
    words = {"subject": "Họp lớp", "body": "Tối mai."}
    note = {**SOME_DAY, "told_by": "bob", "told_day": str(MONDAY), "told_time": "07:00"}
    return {
        "notice": Form("alice", "/schools/a/notices", "", {"audience": "school", **words}, Notice),
        "a family's letter": Form("bob", f"{lan}/talks", "", {"teacher": mai, "body": "Chào cô"}, ThreadMessage),
        "a teacher's letter": Form(
            TEACHER, f"/schools/a/talks?class_id={house.school.class_id}", "/schools/a/talks",
            {"student": str(house.school.lan), "class_id": str(house.school.class_id), "body": "Chào"}, ThreadMessage,
        ),
        "a family's word in the group": Form("bob", f"{lan}/group", "", {"body": "Chào cả lớp"}, GroupMessage),
        "a teacher's word in the group": Form(TEACHER, of_class, "", {"body": "Chào cả lớp"}, GroupMessage),
        "news": Form("alice", "/schools/a/posts", "", {"audience": "school", "title": "Hội", "body": "Vui"}, Post),
        "leave": Form("bob", f"{lan}/leave", "", SOME_DAY, LeaveRequest),
        "leave by telephone": Form("alice", f"/students/{house.school.lan}/leave", "", note, LeaveRequest),
        "a permit": Form(
            "bob", f"{lan}/pick-up", f"{lan}/pick-up/permits", {"name": "Bà Tư", "day": str(MONDAY)}, CollectPermit
        ),
    }  # fmt: skip


NAMES = (
    "notice", "a family's letter", "a teacher's letter", "a family's word in the group",
    "a teacher's word in the group", "news", "leave", "leave by telephone", "a permit",
)  # fmt: skip


def filled_in(client: httpx.Client, form: Form) -> dict[str, str]:
    """As the page that was opened just now sends it."""
    page = client.get(form.page).text
    keys = set(re.findall(r'name="once" value="([^"]+)"', page))
    assert len(keys) == 1, page
    return {**form.typed, "once": keys.pop()}


def written(house: House, form: Form) -> int:
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(form.table)) or 0


def led_to(answer: httpx.Response) -> str:
    assert answer.status_code in (200, 303), answer.text
    return str(answer.headers.get("location", ""))


@pytest.mark.parametrize("name", NAMES)
def test_sent_again_it_leads_where_it_led_and_writes_nothing(house: House, name: str) -> None:
    form = forms(house)[name]
    with house.visit(form.who) as client:
        sent = filled_in(client, form)
        first = led_to(client.post(form.to or form.page, data=sent))
        assert led_to(client.post(form.to or form.page, data=sent)) == first
        assert written(house, form) == 1


@pytest.mark.parametrize("name", ["notice", "a family's letter", "leave", "a permit"])
def test_sent_twice_at_the_same_moment_it_is_written_once(house: House, name: str) -> None:
    form = forms(house)[name]
    with house.visit(form.who) as client:
        sent, cookies = filled_in(client, form), dict(client.cookies)

    def send(_: int) -> str:
        with house.visit() as phone:
            phone.cookies.update(cookies)
            return led_to(phone.post(form.to or form.page, data=sent))

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(send, range(4)))) == 1
    assert written(house, form) == 1


def test_the_same_words_from_a_page_opened_anew_and_other_words_from_the_same_page_are_others(house: House) -> None:
    form = forms(house)["a family's word in the group"]
    with house.visit("bob") as client:
        sent = filled_in(client, form)
        client.post(form.page, data=sent)
        client.post(form.page, data=filled_in(client, form))
        client.post(form.page, data={**sent, "body": "Quay lại để viết thêm"})
    assert written(house, form) == 3


def test_what_was_refused_is_mended_on_the_same_page(house: House) -> None:
    """An emergency that waits for its writer's second word has not been taken either."""
    form = forms(house)["notice"]
    with house.visit("alice") as client:
        sent = {**filled_in(client, form), "emergency": "true"}
        assert [client.post(form.page, data=sent).status_code for _ in range(2)] == [409, 409]
        assert client.post(form.page, data={**sent, "subject": ""}).status_code == 422
        assert client.post(form.page, data={**sent, "sure_of": "3"}).status_code in (303, 409)


def test_another_one_who_sends_the_very_same_form_is_another(house: House) -> None:
    form = forms(house)["a family's word in the group"]
    with house.visit("bob") as bob, house.visit("carol") as carol, house.visit("erin") as outsider:
        sent = filled_in(bob, form)
        bob.post(form.page, data=sent)
        carol.post(form.page, data=sent)
        assert outsider.post(form.page, data=sent).status_code == 404
    assert written(house, form) == 2


def test_a_permit_sent_again_shows_a_code_that_works(house: House) -> None:
    """A double tap shows the second answer alone."""
    form = forms(house)["a permit"]
    with house.visit("bob") as bob, house.visit("alice") as alice:
        sent = filled_in(bob, form)
        first, second = (re.findall(r"\b\d{3} ?\d{3}\b", bob.post(form.to, data=sent).text)[0] for _ in range(2))
        gate = f"/schools/a/pick-up/{house.school.lan}/code"
        answers = [alice.post(gate, data={"code": code.replace(" ", "")}).status_code for code in (first, second)]
        assert (first != second, answers[1]) == (True, 303)
        assert bob.post(form.to, data=sent).status_code == 409, "it was used"


def test_what_was_sent_is_forgotten_after_a_while(house: House) -> None:
    form = forms(house)["a family's word in the group"]
    with house.visit("bob") as client:
        client.post(form.page, data=filled_in(client, form))
        house.clock.now += KNOWN_FOR + timedelta(minutes=1)
        client.post(form.page, data=filled_in(client, form))
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SentForm)) == 1
