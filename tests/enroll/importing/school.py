"""A school in the real service, with pupils by code, to import photos into."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from argon2.profiles import CHEAPEST

from cloud import migrations
from cloud.accounts.access import Grant, Role
from cloud.accounts.passwords import Passwords
from cloud.accounts.registering import register
from cloud.biometrics.keyring import Keyring, open_keyring
from cloud.biometrics.photos import queries as photos
from cloud.biometrics.photos.keeping import take_in
from cloud.biometrics.photos.rules import State
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.rules import Answer
from cloud.biometrics.templates import open_templates
from cloud.kit.db import Database, open_database
from cloud.main import create_app
from cloud.people.access import Pupil
from cloud.people.tables import Student
from cloud.settings import CloudSettings
from tests.cloud.biometrics.family import NOW, SMALL, STAFF, add_child, say, settle
from tests.cloud.pages.people import PASSWORD
from tests.cloud.serving import serving

SECRET = "a secret of the tests' own, long enough"
LOGIN = "hanh"
WITHOUT_CONSENT = "HS-khong"


@dataclass(frozen=True, slots=True)
class Schools:
    """Several schools with the same pupils; the clerk of all of them is LOGIN."""

    url: str
    database: Database
    keyring: Keyring
    pupils: dict[str, dict[str, UUID]]
    """By school and code."""

    def kept(self, school: str) -> dict[str, list[bytes]]:
        """What the service holds, by code."""
        found: dict[str, list[bytes]] = {}
        ids = self.pupils[school]
        with self.database.writing() as session:
            row = session.get(Student, next(iter(ids.values())))
            assert row is not None
            opened = open_templates(
                session, self.keyring, row.school_id, set(ids.values()), reader=Reader("test"), now=NOW
            )
        for code, student_id in ids.items():
            vectors = sorted(one.vector for one in opened if one.student_id == student_id)
            assert all(np.isfinite(np.frombuffer(vector, "<f2")).all() for vector in vectors)
            if vectors:
                found[code] = vectors
        return found

    def send_photo(self, school: str, code: str, content: bytes) -> UUID:
        """Sent by the family and looked at by staff."""
        student_id = self.pupils[school][code]
        with self.database.writing() as session:
            row = session.get(Student, student_id)
            assert row is not None
            child = Pupil(row.id, row.school_id, row.full_name, "1A")
            take_in(session, self.keyring, child, content, sent_by=STAFF, now=NOW)
            newest = photos.of_child(session, student_id, NOW)[0].id
            photos.move(session, [newest], student_id, State.SEEN, by=STAFF, now=NOW)
        return newest

    def photo(self, photo_id: UUID) -> tuple[str, str | None, bytes | None]:
        with self.database.reading() as session:
            row = photos.find(session, photo_id)
            assert row is not None
            return row.state, row.reason, row.sealed


@contextmanager
def open_schools(folder: Path, slugs: Sequence[str], names: Sequence[str]) -> Iterator[Schools]:
    """A pupil HS-NAME for every name, with consent, and one without."""
    database = open_database(f"sqlite:///{folder}/cloud.sqlite3")
    migrations.upgrade(database)
    pupils: dict[str, dict[str, UUID]] = {}
    with database.writing() as session:
        grants = []
        for slug in slugs:
            first = settle(session, slug=slug, name="khong")
            grants.append(Grant(Role.CLERK, first.school_id))
            pupils[slug] = {WITHOUT_CONSENT: first.child}
            for name in names:
                family = add_child(
                    session, first.school_id, first.class_id, first.mother_user, birth_date=SMALL, name=name
                )
                say(session, family, Answer.GRANTED, who=family.mother)
                pupils[slug][f"HS-{name}"] = family.child
        register(session, Passwords(CHEAPEST), LOGIN, name="Hạnh", password=PASSWORD, grants=grants)
    keyring_url = f"sqlite:///{folder}/keys.sqlite3"
    settings = CloudSettings.model_validate({"secret_key": SECRET, "keyring_url": keyring_url})
    keyring = open_keyring(keyring_url, SECRET)
    with serving(create_app(settings, database, password_parameters=CHEAPEST)) as url:
        yield Schools(url, database, keyring, pupils)
    keyring.close()
    database.close()
