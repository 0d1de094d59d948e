"""One's own account: where it is open, and the password."""

import re

from tests.cloud.pages.people import PASSWORD, House


def test_one_device_or_all_others_are_logged_out_from_here(house: House) -> None:
    with (
        house.visit("erin") as here,
        house.visit("erin") as there,
        house.visit("erin") as third,
        house.visit("bob") as bob,
    ):
        [first, _] = re.findall(r'name="reference" value="([0-9a-f]{16})"', here.get("/account").text)
        here.post("/account/sessions/ended", data={"reference": first})
        assert sorted(client.get("/children").status_code for client in (there, third)) == [200, 303]
        here.post("/account/sessions/ended")
        assert [client.get("/children").status_code for client in (here, there, third)] == [200, 303, 303]
        assert bob.get("/children").status_code == 200


def test_nobody_ends_another_s_session(house: House) -> None:
    with house.visit("erin") as erin, house.visit("erin"), house.visit("bob") as bob:
        [reference] = re.findall(r'name="reference" value="([0-9a-f]{16})"', erin.get("/account").text)
        bob.post("/account/sessions/ended", data={"reference": reference})
        assert reference in erin.get("/account").text


def test_a_new_password_needs_the_old_one_and_ends_every_other_session(house: House) -> None:
    with house.visit("erin") as here, house.visit("erin") as there:
        assert here.post("/account/password", data={"proof": "wrong", "new": "một mật khẩu khác"}).status_code == 403
        assert here.post("/account/password", data={"proof": PASSWORD, "new": "ngắn"}).status_code == 422
        assert there.get("/children").status_code == 200
        answer = here.post("/account/password", data={"proof": PASSWORD, "new": "một mật khẩu khác"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account?said=changed")
        assert [here.get("/children").status_code, there.get("/children").status_code] == [200, 303]
    with house.visit() as client:
        assert client.post("/login", data={"login": "erin", "password": PASSWORD}).status_code == 403
        assert client.post("/login", data={"login": "erin", "password": "một mật khẩu khác"}).status_code == 303
