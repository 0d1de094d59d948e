"""Every route, asked by every role, about their own and about another's school, class and pupil: exactly those whom
routes.py allows are answered. A route without a row there fails."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from cloud.accounts.access import RIGHTS, Role
from cloud.accounts.rules import STAFF_LIFETIME
from cloud.features import FEATURES
from tests.cloud.pages.crowd import PEOPLE, Person, Things, let_in
from tests.cloud.pages.people import House
from tests.cloud.pages.routes import ROWS
from tests.cloud.pages.row import THINGS, Asks, Names, Row

UNKNOWN = 401
NOT_THERE = 404


def expected(row: Row, person: Person, thing: str) -> int:
    """What is not the asker's looks as if it were not there; only what they see otherwise says that they may not."""
    if row.asks is Asks.NOTHING:
        return row.answers
    if person.role is None:
        return row.to_nobody
    if row.asks is Asks.UNIT:
        return UNKNOWN
    if row.asks is Asks.LOG_IN:
        return row.answers
    there = thing == person.works_at if row.names is Names.WORKPLACE else thing in person.reaches
    if not there or thing == "" or (row.works and not person.works_at):
        return NOT_THERE
    if row.asks is Asks.WORK_HERE:
        return row.answers
    if row.asks is Asks.OWN_CHILD:
        return row.answers if person.role is Role.GUARDIAN else NOT_THERE
    if row.asks is Asks.TAKES_PART:
        return row.answers if person.role in (Role.GUARDIAN, Role.HOMEROOM_TEACHER) else NOT_THERE
    if row.asks is Asks.FAMILY:
        return row.answers if person.role in (Role.GUARDIAN, Role.PUPIL) else NOT_THERE
    if row.asks in RIGHTS[person.role] or (row.own and person.role is Role.GUARDIAN):
        return row.answers
    return 403 if row.names in (Names.CLASS, Names.PUPIL) and not row.hides else NOT_THERE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.route}")
def test_a_route_answers_those_whom_it_should_and_nobody_else(crowd: "Crowd", row: Row) -> None:
    answers, should = {}, {}
    for thing in THINGS[row.names]:
        # What is not there is asked for once, by whoever reaches most.
        for person in PEOPLE if thing or row.names is Names.NOTHING else PEOPLE[1:2]:
            answers[person.login, thing] = crowd.ask(row, person, thing)
            gone = row.once and row.answers in (status for (_, asked), status in should.items() if asked == thing)
            status = expected(row, person, thing)
            should[person.login, thing] = NOT_THERE if gone and status == row.answers else status
    assert answers == should


def test_every_route_has_a_row() -> None:
    routes = [
        (method, route.path)
        for feature in FEATURES
        for route in feature.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]
    assert sorted(routes) == sorted((row.method, row.route) for row in ROWS)


def test_every_role_is_asked_as() -> None:
    assert {person.role for person in PEOPLE} == {None, *Role}


@pytest.mark.parametrize("ended", ["expired", "revoked"])
def test_a_session_that_has_ended_opens_nothing(house: House, ended: str) -> None:
    things, alice = let_in(house), PEOPLE[1]
    with house.visit(alice.login) as client:
        client.headers["accept"] = "application/json"
        assert client.get("/account").status_code == 200
        if ended == "expired":
            house.clock.now += STAFF_LIFETIME
        else:
            with house.visit(alice.login) as another:
                another.post("/account/sessions/ended")
        late = Crowd(house, things, {alice.login: client})
        asked = [row for row in ROWS if row.asks is not Asks.NOTHING]
        answers = {(row.method, row.route): late.ask(row, alice, THINGS[row.names][0]) for row in asked}
    assert answers == {(row.method, row.route): row.to_nobody for row in asked}


def test_what_is_hidden_looks_exactly_like_what_is_not_there(shared_house: House) -> None:
    with shared_house.visit("erin") as client:
        hidden, missing = client.get(f"/students/{shared_house.school.lan}"), client.get(f"/students/{uuid4()}")
    assert (hidden.status_code, hidden.text) == (missing.status_code, missing.text)
    assert hidden.status_code == 404


class Named(dict[str, str]):
    """What stands in a route's brackets; nobody has what is not named."""

    def __missing__(self, name: str) -> str:
        if name == "day":
            return "2026-11-16"
        return "99999" if name in ("number", "serial") else str(uuid4())


class Crowd:
    """Everybody, each with a session of their own."""

    def __init__(self, house: House, things: Things, clients: dict[str, httpx.Client]) -> None:
        self._house = house
        self._things = things
        self._clients = clients

    def ask(self, row: Row, person: Person, thing: str) -> int:
        if row.ends_session:
            with self._house.visit(person.login) as client:
                return self._status(client, row, person, thing)
        return self._status(self._clients[person.login], row, person, thing)

    def _status(self, client: httpx.Client, row: Row, person: Person, thing: str) -> int:
        named = Named(self._things[thing])
        path = row.route.format_map(named)
        if row.json is not None:
            text = re.sub(r"{(\w+)}", lambda found: named[found[1]], json.dumps(row.json))
            request = client.build_request(row.method, path, content=text, headers={"content-type": "application/json"})
        else:
            form = {"login": person.login} if row.route == "/login" else row.form
            form = {name: str(value).format_map(named) for name, value in form.items()}
            request = client.build_request(row.method, path, data=form if row.method == "POST" else None)
        answer = client.send(request, stream=True)
        answer.close()
        return answer.status_code


@pytest.fixture(scope="module")
def crowd(shared_house: House) -> Iterator[Crowd]:
    things = let_in(shared_house)
    with ExitStack() as stack:
        clients = {person.login: stack.enter_context(shared_house.visit(person.login)) for person in PEOPLE}
        for client in clients.values():
            client.headers["accept"] = "application/json"  # a refusal is then no page: cheaper by half
        yield Crowd(shared_house, things, clients)
