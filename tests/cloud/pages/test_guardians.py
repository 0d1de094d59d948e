"""Guardians on the office's pages: what is taken away is gone at once, a wrong number links nobody."""

import re

from cloud.accounts import audit_queries as audit
from cloud.people.queries import contacts_of
from tests.cloud.pages.people import House


def test_whoever_may_not_see_a_pupil_is_an_outsider_from_the_commit_on(house: House) -> None:
    school, path = house.school, f"/schools/a/pupils/{house.school.lan}"
    with house.visit("bob") as bob, house.visit("alice") as alice:
        assert bob.get(f"/students/{school.lan}").status_code == 200
        [guardian] = re.findall(rf"{path}/guardians/([0-9a-f-]+)\"", alice.get(path).text)
        assert alice.post(f"{path}/guardians/{guardian}", data={"may_collect": "true"}).status_code == 303
        for hidden in ("/students/{}", "/students/{}/calendar", "/children/{}/consent", "/children/{}/leave"):
            assert bob.get(hidden.format(school.lan)).status_code == 404
        assert "Lan" not in bob.get("/children").text
        with house.database.reading() as session:
            assert not contacts_of(session, [school.lan])[school.lan]
            [entry] = [one for one in audit.entries(session, school.id) if one.action == "guardian.allowed"]
        assert entry.details == {"guardian": guardian, "may_collect": "yes", "may_see": "no"}
        assert alice.post(f"{path}/guardians/{guardian}/removed").status_code == 303
        assert "Chưa có" in alice.get(path).text


def test_a_wrong_number_links_nobody_until_somebody_says_so(house: House) -> None:
    path = f"/schools/a/pupils/{house.school.lan}"
    with house.visit("alice") as client:
        assert client.post(f"{path}/guardians", data={"full_name": "Bà", "phone": "0987654321"}).status_code == 303
        other = f"/schools/a/pupils/{house.school.minh}"
        typed = {"full_name": "Ông", "phone": "0987 654 321", "may_see": "true"}
        asked = client.post(f"{other}/guardians", data=typed)
        assert asked.status_code == 409
        [same] = re.findall(r'name="same" value="([0-9a-f-]+)"', asked.text)
        assert "0987 654 321" not in client.get(other).text
        assert client.post(f"{other}/guardians", data={**typed, "same": same}).status_code == 303
        assert "0987 654 321" in client.get(other).text
        own = f"/schools/a/guardians/{same}"
        assert "không phải số điện thoại" in client.post(own, data={"full_name": "Bà", "phone": "12"}).text.lower()
        assert client.post(f"{own}/invitation").status_code == 200
        assert "mời" in client.get(path).text
    with house.visit("dave") as dave:
        assert dave.get(own).status_code == dave.post(own, data={"full_name": "x"}).status_code == 404
