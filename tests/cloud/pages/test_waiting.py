"""Staff see how much waits for them beside the ways to it, and choose what they are told of."""

import re

import httpx

from cloud.notifications.preference_queries import muted_by
from tests.cloud.notifications.staffroom import TEACHER, staffed
from tests.cloud.pages.people import House

FORM = {"first_day": "2026-11-16", "last_day": "2026-11-16", "reason": "Sốt"}
TOLD = re.compile(r'name="told" value="([a-z_]+)" checked')


def counted(client: httpx.Client, path: str) -> dict[str, str]:
    """By the way that it stands beside, what is said to whoever hears the page."""
    links = re.findall(r'<a href="(/schools/a/[a-z]+)"[^>]*>(.*?)</a>', client.get(path).text, re.DOTALL)
    said = {way: re.findall(r'<span class="sr"> \((.*?)\)</span>', inside) for way, inside in links}
    return {way.rpartition("/")[2]: words[0] for way, words in said.items() if words}


def test_what_waits_is_counted_on_every_page_of_whom_it_concerns(house: House) -> None:
    staffed(house)
    with house.visit("bob") as bob, house.visit(TEACHER) as mai, house.visit("alice") as alice:
        bob.post(f"/children/{house.school.lan}/leave", data=FORM)
        page = bob.get(f"/children/{house.school.lan}/talks").text
        teacher = re.findall(r'<option value="([0-9a-f-]{36})"|name="teacher"[^>]*value="([^"]+)"', page)[0]
        bob.post(f"/children/{house.school.lan}/talks", data={"teacher": "".join(teacher), "body": "Cháu ốm ạ."})
        [talk] = set(re.findall(r'href="(/talks/[0-9a-f-]{36})"', mai.get("/schools/a/talks").text))
        mai.post(talk, data={"body": "Chúc cháu mau khoẻ."})
        mai.post(f"/classes/{house.school.class_id}/group/mode", data={"mode": "approve"})
        bob.post(f"/children/{house.school.lan}/group", data={"body": "Mai có đi dã ngoại không ạ?"})
        post = {"audience": f"class:{house.school.class_id}", "title": "Hội thao", "body": "Lớp 1A đã thắng."}
        mai.post("/schools/a/posts", data=post)
        one = "1 việc đang chờ"
        assert counted(mai, "/schools/a/desk") == {"leave": one, "talks": one, "groups": one}
        assert counted(alice, "/account") == {"leave": one, "groups": one, "posts": one}
        assert 'aria-hidden="true">2</span><span class="sr"> (2 việc đang chờ)' in mai.get("/account").text
        mai.get(talk)
        assert counted(mai, "/schools/a/desk") == {"leave": one, "groups": one}
    with house.visit("dave") as dave:
        assert counted(dave, "/account") == {}


def test_a_member_of_staff_switches_off_what_they_may_be_told_and_nothing_else(house: House) -> None:
    staffed(house)
    with house.visit(TEACHER) as mai:
        page = mai.get("/account/messages").text
        assert TOLD.findall(page) == [
            "leave_asked", "leave_noted", "class_figures", "thread_to_teacher", "group_to_look_at",
        ]  # fmt: skip
        assert 'name="quiet_from" type="time" value="20:00"' in page, "the evening is theirs"
        answer = mai.post("/account/messages/work", data={"told": ["leave_asked", "post_waits"]})
        assert answer.status_code == 303
        assert TOLD.findall(mai.get("/account/messages").text) == ["leave_asked"]
    with house.visit("bob") as bob:
        assert 'name="told"' not in bob.get("/account/messages").text
        assert bob.post("/account/messages/work").status_code == 303
    with house.database.reading() as session:
        everybody = [one.user_id for one in (house.school.alice, house.school.bob)]
        assert muted_by(session, everybody) == set()


def test_a_school_says_when_its_people_are_told_of_the_roll(house: House) -> None:
    with house.visit("alice") as alice:
        page = alice.get("/schools/a/register-check").text
        assert 'name="at" type="time" value="07:30" required min="06:00" max="12:00"' in page
        wrong = alice.post("/schools/a/roll-report", data={"at": "03:00"})
        assert (wrong.status_code, "06:00 đến 12:00" in wrong.text) == (422, True)
        assert re.search(r'id="at"[^>]* value="03:00"[^>]* aria-describedby="at-wrong"', wrong.text)
        assert 'id="at-wrong"' in alice.post("/schools/a/roll-report", data={"at": ""}).text
        assert alice.post("/schools/a/roll-report", data={"at": "07:45"}).status_code == 303
        assert 'value="07:45"' in alice.get("/schools/a/register-check").text
