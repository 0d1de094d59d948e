"""Every route, asked by every role, about their own and about another's school, class and pupil: exactly those whom
routes.py allows are answered. A route without a row there fails."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from cloud.accounts.access import RIGHTS, Role
from cloud.accounts.rules import GUARDIAN_LIFETIME, STAFF_LIFETIME
from cloud.features import FEATURES
from tests.cloud.migrated import Open
from tests.cloud.pages.crowd import PEOPLE, Person, Things, let_in
from tests.cloud.pages.in_process import SERVICE, Asking
from tests.cloud.pages.people import Hand, House, furnish
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


@pytest.mark.long
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
def test_a_session_that_has_ended_opens_nothing(tmp_path: Path, open_migrated: Open, ended: str) -> None:
    of_each_role = {person.role: person for person in PEOPLE if person.role}.values()
    asked = [row for row in ROWS if row.asks is not Asks.NOTHING]
    with gathered(tmp_path, open_migrated) as crowd:
        assert {crowd.asks_for(person, "GET", "/account") for person in of_each_role} == {200}
        if ended == "expired":
            crowd.clock.now += max(STAFF_LIFETIME, GUARDIAN_LIFETIME)
        else:
            for person in of_each_role:
                crowd.end_others(person)
        answers = {
            (person.role, row.method, row.route): crowd.ask(row, person, THINGS[row.names][0])
            for person in of_each_role
            for row in asked
        }
    assert answers == {(person.role, row.method, row.route): row.to_nobody for person in of_each_role for row in asked}


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
    """Everybody, each with a session of their own. Without a socket: what is asked here is who may, very often."""

    def __init__(self, app: FastAPI, things: Things, clock: Hand) -> None:
        self.clock = clock
        self._things = things
        self._asking = Asking(app)
        self._cookies = {person.login: self._log_in(person) for person in PEOPLE}

    def close(self) -> None:
        self._asking.close()

    def ask(self, row: Row, person: Person, thing: str) -> int:
        cookie = self._log_in(person) if row.ends_session else self._cookies[person.login]
        named = Named(self._things[thing])
        path = row.route.format_map(named)
        if row.json is not None:
            return self._send(row.method, path, cookie, json=_filled_in(row.json, named))
        form = {"login": person.login} if row.route == "/login" else row.form
        form = {name: str(value).format_map(named) for name, value in form.items()}
        return self._send(row.method, path, cookie, data=form if row.method == "POST" else None)

    def asks_for(self, person: Person, method: str, path: str) -> int:
        return self._send(method, path, self._cookies[person.login])

    def end_others(self, person: Person) -> None:
        """From a new session, all of theirs."""
        assert self._send("POST", "/account/sessions/ended", self._log_in(person)) == 303

    def _send(self, method: str, path: str, cookie: str, **content: Any) -> int:
        # A refusal to a program is no page: cheaper by half.
        headers = {"accept": "application/json", "cookie": cookie}
        [answer] = self._asking.ask(httpx.Request(method, f"{SERVICE}{path}", headers=headers, **content))
        return answer.status_code

    def _log_in(self, person: Person) -> str:
        return "" if person.role is None else self._asking.log_in(person.login)


def _filled_in(content: object, named: Mapping[str, str]) -> object:
    return json.loads(re.sub(r"{(\w+)}", lambda found: named[found[1]], json.dumps(content)))


@contextmanager
def gathered(folder: Path, open_migrated: Open) -> Iterator[Crowd]:
    with closing(open_migrated(f"sqlite:///{folder}/cloud.sqlite3")) as database:
        house, app = furnish(database)
        with closing(Crowd(app, let_in(house), house.clock)) as crowd:
            yield crowd


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, open_migrated: Open) -> Iterator[Crowd]:
    with gathered(tmp_path_factory.mktemp("crowd"), open_migrated) as crowd:
        yield crowd
