"""Whatever is asked for, at every route, by whomever: no failure of ours, and in no answer anything of a child, a class
or a school that is not the asker's.

The service's OpenAPI document says what can be asked; Schemathesis draws from it, always the same. Each request is sent
by everybody, about what is theirs, about what is in the class beside and about what belongs to another school.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import cycle

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.schemas import BaseSchema

from tests.cloud.migrated import Open
from tests.cloud.pages.api_document import document
from tests.cloud.pages.canaries import mark, told
from tests.cloud.pages.crowd import Things, let_in
from tests.cloud.pages.in_process import SERVICE, Asking, Rewinding
from tests.cloud.pages.people import furnish
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import Row

SEES = {
    "nobody": set(),
    "bob": {"lan", "1A", "a"},
    "homeroom_teacher": {"lan", "of 1A", "1A", "a", "a staff"},
    "dave": {"stranger", "of 9Z", "9Z", "b", "b staff"},
}
"""As canaries.py calls whose it is. Lan's father; the teacher of her class; the administrator of the other school."""
ABOUT = ("a", "1A", "lan", "gate-1"), ("2B", "hoa"), ("b", "9Z", "stranger", "other-gate")
"""What stands in a route's brackets together: of one's own, of the class beside, of the other school."""
Body = str | bytes | None
Sent = tuple[str, str, str | None, Body]
"""Method, address, content type, body."""
DRAWING = settings(
    max_examples=2, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.route}")
def test_nothing_breaks_the_service_or_shows_what_is_somebody_elses(crowd: "Crowd", row: Row) -> None:
    asked = crowd.requests(row)
    answers = crowd.ask(asked)
    if row.method != "GET":
        crowd.rewinding.rewind()
    for (login, request), answer in zip(asked, answers, strict=True):
        assert answer.status_code < 500, f"{login}: {request.method} {request.url}: {answer.text}"
        shown = crowd.whose(answer)
        assert shown <= SEES[login], f"{login} is shown what is not theirs: {request.method} {request.url}"


@pytest.mark.parametrize(
    ("login", "path", "whose"),
    [
        ("bob", "/students/{lan}", {"lan"}),
        ("homeroom_teacher", "/students/{lan}", {"lan"}),
        ("dave", "/schools/b/export.xlsx", {"stranger", "of 9Z"}),
        ("dave", "/schools/b/pupils/{stranger}", {"stranger"}),
    ],
)
def test_what_is_ones_own_is_found_in_the_answer(crowd: "Crowd", login: str, path: str, whose: set[str]) -> None:
    """Else nothing above says anything."""
    [answer] = crowd.ask([(login, crowd.get(login, path))])
    assert answer.status_code == 200
    assert whose <= crowd.whose(answer)


class Crowd:
    """Everybody with a session of their own; what they ask for; whose words they may find."""

    def __init__(self, asking: Asking, things: Things, words: dict[str, tuple[str, ...]]) -> None:
        self._asking = asking
        self._words = words
        self._things = things
        self._abouts = [dict(pair for name in names for pair in things[name].items()) for names in ABOUT]
        self._schema: BaseSchema = schemathesis.openapi.from_dict(document(things))
        self._cookies = {login: asking.log_in(login) if login != "nobody" else "" for login in SEES}

    def requests(self, row: Row) -> list[tuple[str, httpx.Request]]:
        """What was drawn: as it was drawn, by one of them; and by everybody, about what is there."""
        drawn: list[Case] = []

        def keep(case: Case) -> None:
            drawn.append(case)

        DRAWING(given(self._schema[row.route][row.method].as_strategy())(keep))()
        asked = {}
        for case, login in zip(drawn, cycle(SEES)):
            asked[login, _sent(case)] = None
        for case, abouts in zip(drawn, (self._abouts, self._abouts[-1:]), strict=False):
            path = case.path_parameters
            for about in abouts:
                case.path_parameters = {name: about.get(name, value) for name, value in path.items()}
                # Nobody is asked about one thing: who has not logged in is let in nowhere.
                asked |= {(login, _sent(case)): None for login in SEES if login != "nobody" or about is abouts[-1]}
        return [(login, self._request(login, *one)) for login, one in asked]

    def ask(self, asked: list[tuple[str, httpx.Request]]) -> list[httpx.Response]:
        return self._asking.ask(*(request for _, request in asked))

    def get(self, login: str, path: str) -> httpx.Request:
        url = SERVICE + path.format_map({name: thing.get("student_id") for name, thing in self._things.items()})
        return self._request(login, "GET", url, None, None)

    def whose(self, answer: httpx.Response) -> set[str]:
        said = told(answer)
        return {owner for owner, words in self._words.items() if any(word in said for word in words)}

    def _request(self, login: str, method: str, url: str, kind: str | None, body: Body) -> httpx.Request:
        headers = {"cookie": self._cookies[login], **({"content-type": kind} if kind else {})}
        return httpx.Request(method, url, headers=headers, content=body)


def _sent(case: Case) -> Sent:
    # Of requests' making, for which Schemathesis writes bodies.
    made = requests.Request(**case.as_transport_kwargs(SERVICE)).prepare()
    return str(made.method), str(made.url), made.headers.get("content-type"), made.body


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[Crowd]:
    file = tmp_path_factory.mktemp("crowd") / "cloud.sqlite3"
    with ExitStack() as stack:
        database = stack.enter_context(closing(open_migrated(f"sqlite:///{file}")))
        house, app = furnish(database)
        things = let_in(house)
        words = mark(house, things)
        asking = stack.enter_context(closing(Asking(app)))
        crowd = Crowd(asking, things, words)
        crowd.rewinding = stack.enter_context(closing(Rewinding(str(file))))
        yield crowd
