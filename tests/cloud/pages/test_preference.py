"""A guardian says how to be told; nobody else's wish changes."""

import re

from cloud.notifications.preference_queries import preference_of
from cloud.notifications.preferences import DEFAULT, Preference
from cloud.notifications.transport import Channel
from tests.cloud.pages.people import House


def test_a_wish_is_kept_shown_again_and_is_one_s_own(house: House) -> None:
    form = {"channel": ["sms", "email", ""], "quiet_from": "21:30", "quiet_until": "06:00", "digest_at": ""}
    with house.visit("bob") as bob:
        assert "bob@example.vn" in bob.get("/account/messages").text
        answer = bob.post("/account/messages", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/messages?said=kept")
        shown = bob.get(answer.headers["location"]).text
        assert 'value="21:30"' in shown
        assert "Đã lưu." in shown
        refused = bob.post("/account/messages", data={"channel": ["", ""], "quiet_from": "", "quiet_until": ""})
        assert refused.status_code == 422
        assert "Hãy chọn ít nhất một cách" in refused.text
        odd = bob.post("/account/messages", data=form | {"channel": ["email", "sms"], "digest_at": "tối"})
        assert (odd.status_code, 'id="digest_at-wrong"' in odd.text) == (422, True)
        assert [f'value="{one}"' in odd.text for one in ("21:30", "06:00", "tối")] == [True, True, True]
        assert re.findall(r'value="(\w+)" selected', odd.text)[:2] == ["email", "sms"]
    with house.visit("erin") as erin:
        assert "bob@" not in erin.get("/account/messages").text
    with house.database.reading() as session:
        found = preference_of(session, house.school.bob.user_id)
        assert found == Preference((Channel.SMS, Channel.EMAIL), found.quiet_from, found.quiet_until)
        assert f"{found.quiet_from:%H:%M}-{found.quiet_until:%H:%M}" == "21:30-06:00"
        assert preference_of(session, house.school.charlie.user_id) == DEFAULT
