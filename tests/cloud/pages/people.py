"""Whom the pages are asked as, over the small school: alice runs it, bob is Lan's father, erin is Minh's mother;
charlie (a parent) and dave (the administrator) belong to another school."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from argon2.profiles import CHEAPEST
from fastapi import FastAPI

from cloud.accounts import queries as accounts
from cloud.accounts.passwords import Passwords
from cloud.attendance.ingest import ingest
from cloud.attendance.reading import Delivery
from cloud.kit.db import Database
from cloud.main import create_app
from cloud.people.tables import Guardian, Guardianship
from cloud.settings import CloudSettings
from edge.contract import Sighting
from tests.cloud.serving import serving
from tests.cloud.small_school import MORNING, WINDOW, SmallSchool, batch, small_school

PATIENCE_S = 60
"""A machine that has much else to do is no failure of ours."""
PASSWORD = "Mật khẩu dài 1"
SECRET = "a secret of the tests' own, long enough"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients on loopback: reading the world's certificates for each takes longer than what most tests ask."""
EVERYBODY = ("nobody", "alice", "bob", "erin", "charlie", "dave")


class Hand:
    """The clock of the service under test."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class House:
    """The service, served by a real server, and what it stands on."""

    url: str
    database: Database
    school: SmallSchool
    clock: Hand

    @contextmanager
    def visit(self, login: str = "nobody") -> Iterator[httpx.Client]:
        """A browser without scripts; it follows no redirect by itself."""
        html = {"accept": "text/html"}
        with httpx.Client(base_url=self.url, headers=html, timeout=PATIENCE_S, verify=NO_TLS) as client:
            if login != "nobody":
                answer = client.post("/login", data={"login": login, "password": PASSWORD})
                assert answer.status_code == 303, answer.text
            yield client

    def report(self, *sightings: Sighting, device: str = "gate-1") -> None:
        """Through the real ingest, as a unit does."""
        delivery = Delivery(device, batch(*sightings, device=device))
        ingest(self.database, [delivery], clock=self.clock, window=WINDOW)


@contextmanager
def open_house(database: Database, *, port: int | None = None, **settings: object) -> Iterator[House]:
    house, app = furnish(database, **settings)
    with serving(app, port) as url:
        yield replace(house, url=url)


def furnish(database: Database, **settings: object) -> tuple[House, FastAPI]:
    """The same without a server: nobody can visit."""
    school = small_school(database)
    _give_passwords(database, school)
    clock = Hand(MORNING + timedelta(minutes=1))
    given = {"secret_key": SECRET, **settings}
    app = create_app(CloudSettings.model_validate(given), database, clock=clock, password_parameters=CHEAPEST)
    return House("", database, school, clock), app


def _give_passwords(database: Database, school: SmallSchool) -> None:
    password_hash = Passwords(CHEAPEST).hash(PASSWORD)
    with database.writing() as session:
        erin = accounts.add_user(session, login="erin", display_name="erin", password_hash=password_hash, locale="vi")
        guardian = Guardian(school_id=school.id, user_id=erin.id, full_name="erin")
        session.add(guardian)
        session.flush()
        session.add(Guardianship(guardian_id=guardian.id, student_id=school.minh))
        for actor in (school.alice, school.bob, school.charlie, school.dave):
            accounts.set_password_hash(session, actor.user_id, password_hash)
