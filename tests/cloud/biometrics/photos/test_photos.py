"""A family's photo over HTTP: sealed from the start, seen by staff alone, and gone with its decision or its consent."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import LargeBinary, Uuid, bindparam, select, text
from sqlalchemy.exc import DBAPIError

from cloud.biometrics.keyring import open_keyring
from cloud.biometrics.photos.keeping import look
from cloud.biometrics.photos.queries import expire, find
from cloud.biometrics.photos.rules import KEPT, MAX_BYTES
from cloud.biometrics.photos.tables import FamilyPhoto
from cloud.biometrics.queries.templates import Reader, accesses, keys_in_use, template_count
from cloud.kit.db import Database
from cloud.kit.errors import NotFound
from cloud.kit.ids import new_id
from tests.cloud.biometrics.test_api import agree, ask, father, lan, words
from tests.cloud.biometrics.units import VECTORS
from tests.cloud.pages.people import EVERYBODY, House, open_house

JPEG = b"\xff\xd8\xff\xe0 Lan's face, say" * 40
SECRET = "a secret of the tests' own, long enough"


@pytest.fixture
def house(database: Database, keyring_url: str) -> Iterator[House]:
    with open_house(database, keyring_url=keyring_url) as house:
        yield house


def send(house: House, content: bytes = JPEG, who: str = "bob") -> httpx.Response:
    with house.visit(who) as client:
        return client.post(f"/children/{house.school.lan}/photos", files={"photo": ("lan.jpg", content, "image/jpeg")})


def photos(house: House) -> list[FamilyPhoto]:
    with house.database.reading() as session:
        return list(session.scalars(select(FamilyPhoto).order_by(FamilyPhoto.id)))


def page_of(house: House) -> str:
    with house.visit("bob") as client:
        return client.get(f"/children/{house.school.lan}/photos").text


def who_gets(house: House, method: str, path: str) -> set[str]:
    """Everybody to whom it is anything but hidden."""
    found = set()
    for name in EVERYBODY:
        with house.visit(name) as client:
            if client.request(method, path).status_code not in {303, 403, 404}:
                found.add(name)
    return found


def test_a_photo_becomes_a_template_and_nothing_of_it_is_left(house: House) -> None:
    assert send(house).status_code == 409, "without consent no photo is kept"
    agree(house)
    assert send(house, b"GIF89a").status_code == 422
    assert send(house, b"\xff\xd8\xff" + b"x" * MAX_BYTES).status_code == 413
    assert [send(house).status_code for _ in range(4)] == [303, 303, 303, 409]
    first, second, third = photos(house)
    assert first.sealed is not None
    assert JPEG[:12] not in first.sealed

    assert who_gets(house, "GET", f"/photos/{first.id}/picture") == {"alice"}
    with house.visit("alice") as client:
        listed = client.get("/schools/a/photos").text
        assert f"/photos/{first.id}/picture" in listed
        shown = client.get(f"/photos/{first.id}/picture")
        assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
        assert shown.headers["cache-control"] == "no-store"
        assert client.post(f"/photos/{first.id}/seen").status_code == 303
        assert client.post(f"/photos/{second.id}/rejection").status_code == 303
    assert {who for who in ("bob", "erin", "charlie", "dave") if _say(house, who, third.id) not in (403, 404)} == set()
    with house.visit("bob") as client:
        assert client.post(f"/children/{house.school.lan}/photos/{third.id}/withdrawal").status_code == 303
    assert "không phải con anh/chị" in page_of(house)

    outcome = f"{lan(house)}/photos/outcome"
    [seen] = ask(house, "alice", "GET", "/api/v1/schools/a/photos").json()
    assert (seen["id"], "Lan" in str(seen)) == (str(first.id), False)
    view = {"model": "m", "quality": 0.9, "vector": base64.b64encode(VECTORS[0].tobytes()).decode()}
    gone = {"taken": [str(third.id)], "rejected": [], "views": [view]}
    assert ask(house, "alice", "POST", outcome, gone).status_code == 409
    with house.database.reading() as session:
        assert template_count(session, house.school.lan) == 0, "all or nothing"
    settled = {"taken": [str(first.id)], "rejected": [], "views": [view]}
    assert ask(house, "bob", "POST", outcome, settled).status_code == 403
    assert {ask(house, who, "POST", outcome, settled).status_code for who in ("erin", "charlie", "dave")} == {404}
    assert ask(house, "alice", "POST", outcome, settled).status_code == 204
    assert [(one.state, one.sealed) for one in photos(house)] == [
        ("taken", None), ("rejected", None), ("withdrawn", None),
    ]  # fmt: skip
    with house.database.reading() as session:
        assert template_count(session, house.school.lan) == 1
        assert {one.purpose for one in accesses(session, house.school.lan)} == {"family photo"}


def _say(house: House, who: str, photo_id: UUID) -> int:
    with house.visit(who) as client:
        return client.post(f"/photos/{photo_id}/seen").status_code


def test_a_photo_goes_with_the_consent_with_time_and_with_its_key(house: House, keyring_url: str) -> None:
    agree(house)
    send(house)
    house.clock.now += KEPT / 2
    send(house)
    old, young = photos(house)
    with house.database.writing() as session:
        assert expire(session, sent_before=old.sent_at + timedelta(seconds=1), now=house.clock.now) == 1
    assert [one.state for one in photos(house)] == ["expired", "waiting"]

    keyring = open_keyring(keyring_url, SECRET)
    with house.database.writing() as session:
        assert keys_in_use(session, house.school.lan) == {young.key_id}, "a key in use is not swept away"
        backed_up = find(session, young.id)
        assert backed_up is not None
        session.expunge(backed_up)
    no = words("withdrawn", who=father(house), how="guardian_page")
    assert ask(house, "bob", "POST", f"{lan(house)}/consent", no).status_code == 200
    assert [(one.state, one.sealed) for one in photos(house)] == [("expired", None), ("withdrawn", None)]
    with house.database.writing() as session:
        keyring.destroy(house.school.lan, keep=keys_in_use(session, house.school.lan), now=house.clock.now)
        with pytest.raises(NotFound):
            look(session, keyring, backed_up, reader=Reader("test"), now=house.clock.now)
    keyring.close()


def test_the_database_itself_refuses_a_photo_without_consent(house: House) -> None:
    forged = text(
        "INSERT INTO family_photo (id, school_id, student_id, sent_by, sent_at, key_id, sealed, state)"
        " VALUES (:id, :school, :student, :id, '2026-11-16 00:00:00', :id, :sealed, 'waiting')"
    ).bindparams(
        bindparam("sealed", type_=LargeBinary), *(bindparam(one, type_=Uuid) for one in ("id", "school", "student"))
    )
    row = {"id": new_id(), "school": house.school.id, "student": house.school.lan, "sealed": b"x"}
    with pytest.raises(DBAPIError, match="no consent in force"), house.database.writing() as session:
        session.execute(forged, row)
