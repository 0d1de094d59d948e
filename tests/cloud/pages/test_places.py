"""The ways that staff are shown: each leads to a page that opens for them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing

import httpx
import pytest

from cloud.accounts.access import Right, Role
from cloud.features import PLACES
from tests.cloud.migrated import Open
from tests.cloud.pages.crowd import PEOPLE, Person, let_in
from tests.cloud.pages.in_process import SERVICE, Asking
from tests.cloud.pages.people import furnish
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import Names

AT_WORK = [one for one in PEOPLE if one.works_at]


def test_a_page_of_the_whole_school_is_shown_to_whoever_holds_its_right_in_the_whole() -> None:
    """By what the table of routes asks for: a grade or a class is not enough there."""
    names = {row.route: row.names for row in ROWS if row.method == "GET" and isinstance(row.asks, Right)}
    asked = {place.path: names[place.path] is Names.SCHOOL for place in PLACES if place.path in names}
    assert {place.path: place.whole for place in PLACES if place.path in names} == asked
    assert {True, False} == set(asked.values())


@pytest.mark.parametrize("person", AT_WORK, ids=lambda person: person.login)
def test_every_way_opens_for_whom_it_is_shown(asking: Asking, person: Person) -> None:
    headers = {"cookie": asking.log_in(person.login), "accept": "text/html"}
    school = f"/schools/{person.works_at}"

    def get(*paths: str) -> list[httpx.Response]:
        return asking.ask(*(httpx.Request("GET", f"{SERVICE}{path}", headers=headers) for path in paths))

    [desk] = get(f"{school}/desk")
    assert desk.status_code == 200
    ways = desk.text[desk.text.index('<nav class="places"') :]
    shown = sorted(set(re.findall(rf'href="({school}[^"]*)"', ways[: ways.index("</nav>")])))
    assert f"{school}/desk" in shown
    assert {path: one.status_code for path, one in zip(shown, get(*shown), strict=True)} == dict.fromkeys(shown, 200)
    of_the_whole = {f"{school}{page}" for page in ("", "/timesheets", "/audit", "/safekeeping", "/digital-index")}
    if person.role is Role.VICE_PRINCIPAL:
        assert not of_the_whole & set(shown), "theirs is a grade"
    if person.role in (Role.PRINCIPAL, Role.ADMINISTRATOR):
        assert of_the_whole <= set(shown)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[Asking]:
    file = tmp_path_factory.mktemp("places") / "cloud.sqlite3"
    with ExitStack() as stack:
        house, app = furnish(stack.enter_context(closing(open_migrated(f"sqlite:///{file}"))))
        let_in(house)
        yield stack.enter_context(closing(Asking(app)))
