"""The pictures cannot fall behind the pages: whatever routes.py has is among them."""

from collections import Counter

import pytest

from tests.browser.picture_list import page_rows, shots, unnamed
from tests.browser.picture_things import NAMED
from tests.cloud.pages.row import Asks, Row

THINGS = dict.fromkeys((*NAMED, "waiting_id", "password_of_clerk"), "x")


def test_there_is_something_to_show_behind_every_address() -> None:
    assert unnamed(page_rows()) == []
    assert unnamed([Row("/schools/{slug}/loans/{loan_id}", Asks.LOG_IN)]) == ["/schools/{slug}/loans/{loan_id}"]


def test_each_picture_has_a_name_of_its_own() -> None:
    listed = shots(THINGS, lambda _login, _path: True)
    assert [name for name, times in Counter(shot.name for shot in listed).items() if times > 1] == []


def test_a_page_that_no_reader_sees_is_named() -> None:
    with pytest.raises(LookupError, match=r"sees /schools/\{slug\}/safekeeping$"):
        shots(THINGS, lambda _login, path: not path.endswith("/safekeeping"))
