"""Two sides write about one child: each hears of it, whoever has lost the child has lost the thread."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from cloud.accounts.tables import User
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications import queries as notifications
from cloud.notifications.announce import handlers
from cloud.notifications.tables import Message
from cloud.notifications.threads.rules import MOST_AN_HOUR
from cloud.notifications.threads.tables import Thread, ThreadFile, ThreadMessage
from cloud.notifications.transport import Channel, PushAddress
from cloud.people.tables import Guardian, Guardianship
from cloud.school.timetable.tables import Homeroom
from tests.cloud.kit.test_pictures import SECRET, exif, jpeg
from tests.cloud.notifications.staffroom import MOTHER, TEACHER, staffed
from tests.cloud.pages.people import EVERYBODY, House, open_house

WORDS = "Hôm nay cháu hơi mệt, nhờ cô để ý ạ."
ANSWER = "Vâng, bạn Minh cũng ho."


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        yield staffed(house)


def teacher_id(house: House) -> str:
    with house.database.reading() as session:
        return str(session.scalars(select(User.id).where(User.login == TEACHER)).one())


def ask_teacher(house: House, words: str = WORDS, **files: tuple[str, bytes]) -> str:
    """What bob writes; returns the thread's page."""
    with house.visit("bob") as bob:
        answer = bob.post(
            f"/children/{house.school.lan}/talks", data={"teacher": teacher_id(house), "body": words}, files=files
        )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def answer_as(house: House, who: str, page: str, words: str = ANSWER) -> httpx.Response:
    with house.visit(who) as client:
        return client.post(page, data={"body": words})


def told(house: House) -> list[tuple[str, str, str, str]]:
    """Twice, as after a worker's death: to whom, by what, saying what, leading where."""
    for _ in range(2):
        outbox.dispatch(house.database, handlers(frozenset(Channel), house.clock), house.clock)
    with house.database.reading() as session:
        return sorted(
            (name or "teacher", channel, f"{subject} {body}", path)
            for name, channel, subject, body, path in session.execute(
                select(Guardian.full_name, Message.channel, Message.subject, Message.body, Message.path)
                .select_from(Message)
                .outerjoin(Guardian, Guardian.id == Message.guardian_id)
            )
        )


def test_both_guardians_read_and_answer_in_one_thread_and_each_side_sees_what_is_new_and_read(house: House) -> None:
    page = ask_teacher(house)
    with house.visit(TEACHER) as mai, house.visit(MOTHER) as carol:
        assert "1 tin mới" in mai.get("/schools/a/talks").text
        assert "Chưa đọc" not in mai.get(page).text
        assert "tin mới" not in mai.get("/schools/a/talks").text
        assert "đã đọc lúc 07:08" in carol.get(page).text
        mai.post(page, data={"body": ANSWER})
        assert "Chưa đọc." in mai.get(page).text, "the mother has read the first message, not the answer"
        assert "1 tin mới" in carol.get("/messages").text
        shown = carol.get(page).text
        assert (WORDS in shown, ANSWER in shown) == (True, True)
        assert "carol: đã đọc" in mai.get(page).text
        house.clock.now += timedelta(minutes=1)
        mai.post(page, data={"body": "Cháu đỡ rồi."})
        assert "carol: chưa đọc tin mới nhất" in mai.get(page).text
        mai.post("/schools/a/talks/absence", data={"note": "Tôi nghỉ ốm", "last_day": "2026-11-17"})
        assert "Tôi nghỉ ốm" in carol.get(page).text
    with house.visit("alice") as alice, house.visit(TEACHER) as mai:
        assert mai.post("/schools/a/talks/rules").status_code == 404
        assert alice.post("/schools/a/talks/rules").status_code == 303
        assert "đã đọc" not in mai.get(page).text


def test_the_family_hears_that_there_is_a_message_and_never_what_is_in_it(house: House) -> None:
    page = ask_teacher(house)
    assert told(house) == [], "the teacher's phone takes no Web Push"
    answer_as(house, TEACHER, page)
    expected = "Cô Mai nhắn tin về Nguyễn Thị Lan"
    assert [(name, way, text[: len(expected)], where) for name, way, text, where in told(house)] == [
        ("bob", "email", expected, page), (MOTHER, "email", expected, page)
    ]  # fmt: skip
    assert all("Minh" not in text for _, _, text, _ in told(house))


def test_a_teacher_is_told_by_web_push_and_never_in_the_evening(house: House) -> None:
    with house.database.writing() as session:
        address = PushAddress("https://push.example.vn/1", "BA", "BA")
        notifications.add_browser(session, UUID(teacher_id(house)), address, now=house.clock.now)
    house.clock.now += timedelta(hours=14)  # 21:08
    page = ask_teacher(house)
    assert [(name, way, where) for name, way, _, where in told(house)] == [("teacher", "web_push", page)]
    with house.database.reading() as session:
        [message] = session.scalars(select(Message))
        assert message.next_attempt_at - house.clock.now == timedelta(hours=9, minutes=22), "at 06:30"
        told_to = notifications.outgoing(session, [message.id], now=house.clock.now)[message.id]
        assert told_to.browsers == (address,)
    with house.visit("bob") as bob:
        assert "điện thoại sẽ báo tin lúc 06:30" in bob.get(page).text


def test_nobody_else_reads_or_writes(house: House) -> None:
    page = ask_teacher(house)
    with house.database.reading() as session:
        message_id = session.scalars(select(ThreadMessage.id)).one()
    seen = {}
    for name in (*EVERYBODY, TEACHER, MOTHER):
        with house.visit(name) as client:
            seen[name] = (
                client.get(page).status_code,
                client.post(page, data={"body": ""}).status_code,
                client.get(f"/children/{house.school.lan}/talks").status_code,
                client.post(f"{page}/messages/{message_id}/taken-back").status_code,
            )
    outsider = (404, 404, 404, 404)
    assert seen == {
        "nobody": (303, 303, 303, 303), "alice": outsider, "erin": outsider, "charlie": outsider, "dave": outsider,
        "bob": (200, 422, 200, 303), TEACHER: (200, 422, 404, 409), MOTHER: (200, 422, 200, 409),
    }  # fmt: skip


def test_a_guardian_who_may_not_see_the_child_any_more_loses_the_thread_at_once(house: House) -> None:
    page = ask_teacher(house)
    with house.visit("bob") as bob:
        assert bob.get(page).status_code == 200
        with house.database.writing() as session:
            own = select(Guardian.id).where(Guardian.full_name == "bob")
            session.execute(update(Guardianship).where(Guardianship.guardian_id.in_(own)).values(may_see=False))
        answers = bob.get(page), bob.post(page, data={"body": "x"}), bob.get(f"/children/{house.school.lan}/talks")
        assert [one.status_code for one in answers] == [404, 404, 404]
        assert "Lan" not in bob.get("/messages").text
    answer_as(house, TEACHER, page)
    assert [name for name, *_ in told(house)] == [MOTHER]


def test_a_teacher_who_has_the_child_no_more_neither_reads_nor_is_written_to(house: House) -> None:
    page = ask_teacher(house)
    with house.database.writing() as session:
        session.execute(update(Homeroom).values(from_day=house.clock.now.date() + timedelta(days=30)))
    with house.visit(TEACHER) as mai, house.visit("bob") as bob:
        assert mai.get(page).status_code == 404
        assert "Lan" not in mai.get("/schools/a/talks").text
        assert WORDS in bob.get(page).text, "the family keeps what was written"
        assert bob.post(page, data={"body": "x"}).status_code == 409
        again = bob.post(f"/children/{house.school.lan}/talks", data={"teacher": teacher_id(house), "body": "x"})
        assert again.status_code == 404


def test_a_teacher_begins_with_the_own_class_alone(house: House) -> None:
    with house.visit(TEACHER) as mai:
        page = mai.get("/schools/a/talks").text
        assert ("Trần Văn Minh" in page, "Lê Thu Hà" in page) == (True, False)
        begun = mai.post("/schools/a/talks", data={"student": house.school.minh, "body": WORDS})
        assert begun.status_code == 303
        other = mai.post("/schools/a/talks", data={"student": house.school.stranger, "body": WORDS})
        assert other.status_code == 404
    with house.database.reading() as session:
        assert len(session.scalars(select(Thread)).all()) == 1
    with house.visit("erin") as erin:
        assert WORDS in erin.get(begun.headers["location"]).text


def test_a_form_of_a_teacher_that_is_refused_keeps_whom_and_what(house: House) -> None:
    form = {"class_id": str(house.school.class_id), "student": str(house.school.minh), "body": WORDS}
    with house.visit(TEACHER) as mai, house.visit("bob") as bob:
        file = {"file": ("a", b"MZ")}
        refused = mai.post("/schools/a/talks", data=form, files=file)
        nobody = mai.post("/schools/a/talks", data={**form, "student": ""})
        away = mai.post("/schools/a/talks/absence", data={"note": "Nghỉ ốm", "last_day": "mai"})
        unsaid = bob.post(f"/children/{house.school.lan}/talks", data={"teacher": "", "body": WORDS})
    assert {one.status_code for one in (refused, nobody, away, unsaid)} == {422}
    assert f'<option value="{house.school.minh}" selected>' in refused.text
    assert all(f">{WORDS}</textarea>" in one.text for one in (refused, nobody, unsaid))
    for page, named in ((nobody, 'id="student-wrong"'), (away, 'id="last_day-wrong"'), (unsaid, "Hãy chọn thầy cô")):
        assert named in page.text
    assert [f'value="{one}"' in away.text for one in ("Nghỉ ốm", "mai")] == [True, True]


def test_a_message_can_be_taken_back_until_it_is_read_and_leaves_nothing(house: House) -> None:
    page = ask_teacher(house, file=("a.jpg", jpeg()))
    with house.database.reading() as session:
        first = session.scalars(select(ThreadMessage.id)).one()
    with house.visit("bob") as bob, house.visit(TEACHER) as mai:
        assert bob.post(f"{page}/messages/{first}/taken-back").status_code == 303
        assert "Đã thu hồi" in mai.get(page).text
        assert WORDS not in bob.get(page).text
        assert bob.get(f"{page}/messages/{first}/file").status_code == 404
        bob.post(page, data={"body": "Lần hai"})
        mai.get(page)
        with house.database.reading() as session:
            [second] = session.scalars(select(ThreadMessage.id).where(ThreadMessage.body == "Lần hai"))
        refused = bob.post(f"{page}/messages/{second}/taken-back")
        assert (refused.status_code, "đã được đọc" in refused.text) == (409, True)


def test_a_file_is_kept_sealed_without_its_place_and_shown_to_both_sides(house: House) -> None:
    plain = jpeg()
    page = ask_teacher(house, "", file=("a.jpg", plain[:2] + exif(1) + plain[2:]))
    with house.database.reading() as session:
        row = session.scalars(select(ThreadFile)).one()
    assert b"\xff\xd8\xff" not in row.sealed
    with house.visit(TEACHER) as mai, house.visit("erin") as erin:
        shown = mai.get(f"{page}/messages/{row.message_id}/file")
        assert (shown.headers["content-type"], SECRET in shown.content) == ("image/jpeg", False)
        assert shown.content.startswith(b"\xff\xd8\xff")
        assert erin.get(f"{page}/messages/{row.message_id}/file").status_code == 404


@pytest.mark.parametrize(
    ("words", "file", "status"),
    [
        (" ", b"", 422), ("x" * 2001, b"", 422), ("x", b"MZ\x90", 422), ("x", b"\xff\xd8\xff\xe0", 422),
        ("x", b"%PDF-" + b"x" * 5 * 1024 * 1024, 413),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_comes_back_with_the_words(house: House, words: str, file: bytes, status: int) -> None:
    with house.visit("bob") as bob:
        answer = bob.post(
            f"/children/{house.school.lan}/talks",
            data={"teacher": teacher_id(house), "body": words},
            files={"file": ("a", file)} if file else None,
        )
    assert (answer.status_code, 'role="alert"' in answer.text) == (status, True)
    assert f">{words}</textarea>" in answer.text
    with house.database.reading() as session:
        assert session.scalars(select(ThreadMessage)).all() == []


def test_an_author_s_flood_ends(house: House) -> None:
    page = ask_teacher(house)
    with house.visit("bob") as bob:
        answers = [bob.post(page, data={"body": "x"}).status_code for _ in range(MOST_AN_HOUR)]
        assert answers == [303] * (MOST_AN_HOUR - 1) + [429]
        house.clock.now += timedelta(hours=1, minutes=1)
        assert bob.post(page, data={"body": "x"}).status_code == 303
