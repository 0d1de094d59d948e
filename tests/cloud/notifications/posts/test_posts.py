"""News: whoever writes does not approve, nothing comes out early, what came out stays visible as what it is."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from cloud.accounts.tables import AuditEntry
from cloud.kit import outbox
from cloud.kit.db import Database
from cloud.notifications.announce import handlers
from cloud.notifications.posts.tables import Post, PostPicture
from cloud.notifications.tables import Message
from cloud.notifications.transport import Channel
from cloud.people.tables import Guardian, Guardianship, Student
from cloud.school.tables import SchoolClass
from tests.cloud.kit.test_pictures import SECRET, exif, jpeg
from tests.cloud.notifications.staffroom import TEACHER, staffed
from tests.cloud.pages.people import EVERYBODY, House, open_house

WRITTEN = {"title": "Hội thao", "body": "Lớp 1A đã thắng.\nXin chúc mừng."}


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        yield staffed(house)


def write(house: House, who: str = TEACHER, files: list[tuple[str, bytes]] | None = None, **changed: object) -> str:
    """The staff's page of the post."""
    data = {"audience": f"class:{house.school.class_id}", **WRITTEN, **changed}
    with house.visit(who) as client:
        sent = [("picture", one) for one in files or []]
        answer = client.post("/schools/a/posts", data=data, files=sent or None)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def decide(house: House, page: str, who: str = "alice", state: str = "approved", reason: str = "") -> int:
    with house.visit(who) as client:
        return client.post(f"{page}/decision", data={"state": state, "reason": reason}).status_code


def news(page: str) -> str:
    return page.replace("/posts/", "/news/")


def told(house: House) -> list[tuple[str, str, str]]:
    for _ in range(3):
        outbox.dispatch(house.database, handlers(frozenset(Channel), house.clock), house.clock)
    with house.database.reading() as session:
        rows = session.execute(select(Guardian.full_name, Message.subject, Message.path).join(Message))
        return sorted((row[0], row[1], row[2]) for row in rows)


def statuses(house: House, path: str, *names: str) -> dict[str, int]:
    found = {}
    for name in names:
        with house.visit(name) as client:
            found[name] = client.get(path).status_code
    return found


def test_another_than_the_author_lets_it_out_and_each_guardian_hears_of_it_once(house: House) -> None:
    page = write(house)
    assert statuses(house, news(page), "bob") == {"bob": 404}
    assert told(house) == []
    assert decide(house, page, TEACHER) == 403, "the author"
    assert decide(house, page) == 303
    assert decide(house, page) == 409
    with house.visit("bob") as bob, house.visit("erin") as erin:
        assert "Hội thao" in bob.get("/news").text
        assert "Xin chúc mừng." in erin.get(news(page)).text
    expected = "Tin nhà trường: Hội thao"
    assert told(house) == [("bob", expected, news(page)), ("carol", expected, news(page))], "erin has no address"
    with house.database.reading() as session:
        assert {"post.written", "post.approved"} <= set(session.scalars(select(AuditEntry.action)))


def test_an_administrator_s_own_post_waits_for_another_and_the_database_insists(house: House) -> None:
    page = write(house, "alice", audience="school")
    assert decide(house, page) == 403
    post_id = UUID(page.rpartition("/")[2])
    with pytest.raises(IntegrityError), house.database.writing() as session:
        session.execute(
            update(Post).where(Post.id == post_id).values(state="approved", decided_by=house.school.alice.user_id)
        )
    with pytest.raises(IntegrityError), house.database.writing() as session:
        session.execute(update(Post).where(Post.id == post_id).values(state="approved"))


def test_a_planned_post_comes_out_at_its_time_and_not_before(house: House) -> None:
    page = write(house, publish_at="2026-11-16T12:00")
    decide(house, page)
    assert (statuses(house, news(page), "bob"), told(house)) == ({"bob": 404}, [])
    with house.visit(TEACHER) as mai:
        assert "đã hẹn giờ" in mai.get(page).text
    house.clock.now += timedelta(hours=4, minutes=52)
    assert statuses(house, news(page), "bob") == {"bob": 200}
    assert [name for name, *_ in told(house)] == ["bob", "carol"]


def test_what_is_withdrawn_is_told_to_nobody_and_stays_visible_as_such(house: House) -> None:
    planned = write(house, title="Dự định", publish_at="2026-11-16T12:00")
    page = write(house, files=[("a.jpg", jpeg())], alt="Cả lớp chạy")
    for one in (planned, page):
        decide(house, one)
    assert len(told(house)) == 2
    with house.visit(TEACHER) as mai:
        assert mai.post(f"{page}/withdrawal", data={"reason": " "}).status_code == 422
        for one in (planned, page):
            assert mai.post(f"{one}/withdrawal", data={"reason": "Nhầm lớp"}).status_code == 303
    house.clock.now += timedelta(hours=5)
    assert len(told(house)) == 2
    with house.visit("bob") as bob:
        shown = bob.get(news(page)).text
        assert ("Nhầm lớp" in shown, "Xin chúc mừng." in shown) == (True, False)
        assert bob.get(f"{news(page)}/pictures/1").status_code == 404


def test_a_correction_is_approved_too_and_both_say_so(house: House) -> None:
    page = write(house)
    with house.visit(TEACHER) as mai:
        assert mai.post(f"{page}/correction", data=WRITTEN).status_code == 409, "not out yet"
        decide(house, page)
        fixed = mai.post(f"{page}/correction", data={"title": "Hội thao", "body": "Lớp 1A về nhì."}).headers["location"]
    with house.visit("bob") as bob:
        assert "Tin này đã được đính chính" not in bob.get(news(page)).text
        assert news(fixed) not in bob.get(news(page)).text
        decide(house, fixed)
        assert f'href="{news(fixed)}"' in bob.get(news(page)).text
        assert f'href="{news(page)}"' in bob.get(news(fixed)).text
    assert ("bob", "Đính chính: Tin nhà trường: Hội thao", news(fixed)) in told(house)


def test_only_families_of_the_audience_read_it_and_only_its_staff_decide(house: House) -> None:
    with house.database.writing() as session:
        other = SchoolClass(school_id=house.school.id, name="2B", grade=2)
        session.add(other)
        session.flush()
        session.execute(update(Student).where(Student.id == house.school.minh).values(class_id=other.id))
    page = write(house, files=[("a.jpg", jpeg())], alt="Cả lớp chạy")
    decide(house, page)
    expected = {"nobody": 303, "alice": 404, "bob": 200, "erin": 404, "charlie": 404, "dave": 404}
    assert statuses(house, news(page), *EVERYBODY) == expected
    assert statuses(house, f"{news(page)}/pictures/1", *EVERYBODY) == expected
    seen = statuses(house, page, *EVERYBODY, TEACHER)
    assert seen == {"nobody": 303, "alice": 200, "bob": 404, "erin": 404, "charlie": 404, "dave": 404, TEACHER: 200}
    by_grade = write(house, "alice", audience="grade:2")
    assert decide(house, by_grade, TEACHER) == 404
    with house.database.writing() as session:
        session.execute(update(Guardianship).values(may_see=False))
    assert statuses(house, news(page), "bob") == {"bob": 404}


def test_a_picture_is_kept_sealed_without_its_place_and_never_without_words(house: House) -> None:
    plain = jpeg()
    sent = ("a.jpg", plain[:2] + exif(6) + plain[2:])
    page = write(house, files=[sent, ("b.jpg", plain)], alt=["Cả lớp chạy", "Về đích"])
    decide(house, page)
    with house.database.reading() as session:
        rows = session.scalars(select(PostPicture).order_by(PostPicture.number)).all()
        assert [(one.alt, one.width_px, b"\xff\xd8\xff" in one.sealed) for one in rows] == [
            ("Cả lớp chạy", 24, False), ("Về đích", 40, False)
        ]  # fmt: skip
    with house.visit("bob") as bob:
        assert 'alt="Về đích"' in bob.get(news(page)).text
        shown = bob.get(f"{news(page)}/pictures/1")
        assert (shown.headers["content-type"], SECRET in shown.content) == ("image/jpeg", False)
    with house.visit(TEACHER) as mai:
        refused = mai.post(
            "/schools/a/posts",
            data={"audience": f"class:{house.school.class_id}", **WRITTEN},
            files=[("picture", sent)],
        )
        assert (refused.status_code, "Xin mô tả" in refused.text, "Lớp 1A đã thắng." in refused.text) == (
            422,
            True,
            True,
        )
    with pytest.raises(IntegrityError), house.database.writing() as session:
        session.execute(update(PostPicture).values(alt=""))


def test_what_cannot_be_a_post_is_refused(house: House) -> None:
    refused = (
        ({"title": " "}, 422), ({"body": ""}, 422), ({"title": "x" * 121}, 422), ({"publish_at": "morgen"}, 422),
        ({"publish_at": "2030-01-01T00:00"}, 422), ({"audience": "school"}, 404), ({"audience": "class:x"}, 404),
    )  # fmt: skip
    with house.visit(TEACHER) as mai:
        for changed, status in refused:
            data = {"audience": f"class:{house.school.class_id}", **WRITTEN, **changed}
            assert mai.post("/schools/a/posts", data=data).status_code == status, changed
    with house.database.reading() as session:
        assert session.scalars(select(Post)).all() == []
