"""What a parent has not read is counted beside the ways to it, of their own alone, until they have read it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from cloud.kit.db import Database
from tests.cloud.notifications.staffroom import TEACHER, staffed
from tests.cloud.pages.people import House, open_house

NOTICE = {"audience": "school", "subject": "Nghỉ học", "body": "Mai cả trường nghỉ."}
POST = {"title": "Hội thao", "body": "Lớp 1A đã thắng."}


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with open_house(database) as house:
        yield staffed(house)


def counted(client: httpx.Client, path: str = "/children") -> dict[str, list[str]]:
    """By the way that it stands beside, what is said to whoever hears the page."""
    links = re.findall(r'<a href="(/messages|/news)"[^>]*>(.*?)</a>', client.get(path).text, re.DOTALL)
    found: dict[str, list[str]] = {}
    for way, inside in links:
        found.setdefault(way, []).extend(re.findall(r'<span class="sr"> \((.*?)\)</span>', inside))
    return {way: said for way, said in found.items() if said}


def test_letters_and_news_are_counted_until_they_are_read(house: House) -> None:
    with house.visit("bob") as bob, house.visit("erin") as erin, house.visit(TEACHER) as mai:
        assert counted(bob) == counted(erin) == {}
        assert "chưa đọc" not in bob.get("/children").text
        bob.post(f"/children/{house.school.lan}/talks", data={"teacher": _teacher(bob, house), "body": "Cháu ốm ạ."})
        [talk] = set(re.findall(r'href="(/talks/[0-9a-f-]{36})"', mai.get("/schools/a/talks").text))
        assert counted(bob) == {}, "one's own letter"
        mai.post(talk, data={"body": "Chúc cháu mau khoẻ."})
        with house.visit("alice") as alice:
            notice = alice.post("/schools/a/notices", data=NOTICE).headers["location"].replace("notices", "messages")
            audience = f"class:{house.school.class_id}"
            post = mai.post("/schools/a/posts", data={"audience": audience, **POST}).headers["location"]
            assert counted(bob) == {"/messages": ["2 chưa đọc"] * 2}, "the post is not out"
            alice.post(f"{post}/decision", data={"state": "approved"})
        assert counted(bob) == {"/messages": ["2 chưa đọc"] * 2, "/news": ["1 chưa đọc"] * 2}
        assert 'aria-hidden="true">3</span><span class="sr"> (3 chưa đọc)' in bob.get("/children").text
        bob.get(notice)
        assert counted(bob, "/messages") == {"/messages": ["1 chưa đọc"], "/news": ["1 chưa đọc"]}
        bob.get(talk)
        bob.get("/news")
        assert counted(bob) == {}
        ones = ["1 chưa đọc"] * 2
        assert counted(erin) == {"/messages": ones, "/news": ones}, "of the letter that is another's nothing"


def _teacher(bob: httpx.Client, house: House) -> str:
    page = bob.get(f"/children/{house.school.lan}/talks").text
    return str(re.findall(r'name="teacher"[^>]*value="([^"]+)"|<option value="([0-9a-f-]{36})"', page)[0][-1])
