"""A real service over HTTP and a unit's own store: what the school changes arrives, is acknowledged, and is erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from cloud.biometrics import rosters
from cloud.biometrics.rosters import Rosters
from cloud.briefings import packing
from cloud.briefings.api import settings_from
from cloud.briefings.tables import BriefingHolding, BriefingUnit, UnitOrders
from cloud.cards.issuing import issue, make_key
from cloud.cards.queries import Bearer, revoke
from cloud.devices.tables import Device
from cloud.kit.db import Database
from cloud.kit.errors import Invalid
from cloud.main import create_app
from cloud.people.tables import Student
from cloud.school.calendar.facts import DayRule, RuleKind
from cloud.school.calendar.queries import add_rule
from cloud.school.calendar.tables import BellRow
from cloud.school.tables import SchoolClass
from cloud.settings import CloudSettings
from edge.clock import SystemClock
from edge.contract import BriefingPackage, Forged
from edge.contract.briefing import sign_briefing
from edge.contract.briefing_parts import UnitSettings, read_settings
from edge.contract.cards import read_card
from edge.contract.signed import SIGNATURE_BYTES
from edge.errors import Rejected, Unavailable
from edge.settings import EdgeSettings
from edge.store.briefing import Briefing
from edge.store.classes import Classes
from edge.store.credentials import Credentials
from edge.store.db import connect
from edge.store.delivered import DeliveredRoster
from edge.store.delivered_keys import DeliveredKeys
from edge.store.people import People
from edge.store.told import rings, told_settings
from edge.uplink.brief import BriefingDownlink
from edge.uplink.receive import Delivery, RosterClient
from tests.cloud.biometrics.conftest import SECRET
from tests.cloud.schoolhouse import MONDAY, Schoolhouse, at, open_school
from tests.cloud.serving import serving

NOW = at("06:00")
TOKENS = {"gate-1": "token-of-gate-1", "door-1": "token-of-door-1", "far-1": "token-of-far-1"}
STAFF = UUID(int=7)


class Unit:
    """A unit's store and downlink in a folder."""

    def __init__(self, cloud: RosterClient, folder: Path, device: str = "gate-1") -> None:
        self.cloud, self.device = cloud, device
        self.connection = connect(folder)
        self.keys = DeliveredKeys(folder / "keys")
        self.briefing = Briefing(self.connection)
        self.roster = DeliveredRoster(self.connection)
        self.downlink = BriefingDownlink(cloud, self.briefing, self.roster, self.keys, device, SystemClock())

    def look(self) -> bool:
        return self.downlink.bring_up_to_date()

    def names(self) -> list[str]:
        return [card.full_name for card in People(self.connection, bytes(32), self.keys.get).everybody()]


@dataclass(frozen=True)
class Served:
    url: str
    database: Database
    rosters: Rosters
    house: Schoolhouse

    def client(self, device: str = "gate-1", token: str | None = None) -> RosterClient:
        return RosterClient(self.url, device, SecretStr(token or TOKENS[device]))

    def acked(self, device: str = "gate-1") -> tuple[int, int, list[str]]:
        with self.database.reading() as session:
            row = session.get_one(BriefingUnit, device)
            return row.version, row.acked_version, row.refused


@pytest.fixture
def served(database: Database, keyring_url: str) -> Iterator[Served]:
    with database.writing() as session:
        house = open_school(session)
        other = open_school(session, "other")
        for device, token in TOKENS.items():
            school_id = other.school_id if device == "far-1" else house.school_id
            digest = sha256(token.encode()).hexdigest()
            session.add(Device(id=device, school_id=school_id, name=device, token_hash=digest))
    settings = CloudSettings(secret_key=SecretStr(SECRET), keyring_url=SecretStr(keyring_url))
    app = create_app(settings, database, clock=lambda: NOW)
    with serving(app) as url:
        yield Served(url, database, app.state.rosters, house)
    app.state.rosters.keyring.close()


def ring_times(unit: Unit) -> list[time]:
    return [ring.timetz().replace(tzinfo=None) for ring in rings(unit.connection, NOW) if ring.date() == MONDAY]


def test_whatever_the_school_changes_reaches_the_unit_and_is_acknowledged(served: Served, tmp_path: Path) -> None:
    unit, house = Unit(served.client(), tmp_path), served.house
    assert unit.look()
    assert unit.names() == ["Học sinh 1", "Học sinh 2", "Học sinh 3", "Cô Mai"]
    assert ring_times(unit)[:2] == [time(7, 30), time(8, 10)]
    assert served.acked() == (1, 1, [])
    assert not unit.look()

    first = house.student_ids[0]
    with served.database.writing() as session:
        session.execute(update(Student).where(Student.id == first).values(full_name="Đỗ Ánh"))
        session.execute(update(BellRow).where(BellRow.starts_at == time(7, 30)).values(starts_at=time(7, 25)))
        card, text = issue(session, served.rosters.keyring, Bearer(house.school_id, first), by=STAFF, now=NOW)
    assert served.acked()[:2] == (1, 1)
    with served.database.writing() as session:
        notices = packing.notices(session, served.rosters, ["gate-1", "door-1"], NOW)
        assert [(notice.device, notice.version) for notice in notices] == [("gate-1", 2)]
        assert packing.notices(session, served.rosters, ["gate-1"], NOW) == []
    assert served.acked()[:2] == (2, 1)  # An offline unit is pending.
    assert unit.look()
    assert served.acked()[:2] == (2, 2)
    assert unit.briefing.state().version == notices[0].version
    assert "Đỗ Ánh" in unit.names()
    assert ring_times(unit)[0] == time(7, 25)
    claim = read_card(text)
    assert claim.card.person == str(first)
    assert Credentials(unit.connection).key(claim.card.key_id) is not None
    assert not Credentials(unit.connection).is_revoked(card.serial)
    with served.database.writing() as session:
        revoke(session, card.serial, STAFF, NOW)
        make_key(session, served.rosters.keyring, house.school_id, NOW)
    unit.look()
    assert Credentials(unit.connection).is_revoked(card.serial)
    assert Credentials(unit.connection).key_ids() == [1, 2]
    assert not any("Ánh".encode() in file.read_bytes() for file in tmp_path.glob("unit.db*"))


def test_a_door_knows_its_class_its_lessons_and_names_nobody_else(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as session:
        other = SchoolClass(school_id=served.house.school_id, name="2B", grade=2)
        session.add(other)
        session.flush()
        session.execute(
            update(Student).where(Student.id == served.house.student_ids[2]).values(class_id=other.id)
        )  # fmt: skip
        rosters.assign(session, served.rosters, "door-1", served.house.class_id)
        add_rule(session, served.house.school_id, DayRule(MONDAY + timedelta(days=1), RuleKind.OFF, "Nghỉ"))
    unit = Unit(served.client("door-1"), tmp_path, "door-1")
    unit.look()
    assert unit.names() == ["Học sinh 1", "Học sinh 2"]
    classes = Classes(unit.connection)
    assert classes.at(at("07:40")) == {str(served.house.class_id)}
    assert classes.members(str(served.house.class_id)) == set(map(str, served.house.student_ids[:2]))
    assert classes.at(at("07:40", MONDAY + timedelta(days=1))) == set()
    assert classes.at(at("07:40", MONDAY + timedelta(days=2))) != set()


def test_whoever_leaves_is_gone_from_every_table_and_from_old_copies(served: Served, tmp_path: Path) -> None:
    unit, gone = Unit(served.client(), tmp_path), served.house.student_ids[0]
    unit.look()
    old_key = unit.briefing.state().key_id
    with served.database.writing() as session:
        session.execute(update(Student).where(Student.id == gone).values(left_on=MONDAY))
    unit.connection.execute("INSERT INTO credential VALUES ('card', '0004', ?)", (str(gone),))
    unit.look()
    assert "Học sinh 1" not in unit.names()
    for table in ("person_card", "template", "credential", "class_member"):
        assert unit.connection.execute(f"SELECT 1 FROM {table} WHERE person = ?", (str(gone),)).get is None
    with served.database.reading() as session:
        assert session.get_one(BriefingHolding, ("gate-1", str(gone))).erased_at is not None
    assert old_key is not None
    assert unit.keys.get(old_key) is None
    with pytest.raises(Unavailable, match="404"):
        served.client().briefing_key(old_key)


def test_a_package_that_is_forged_older_or_for_another_is_refused(served: Served, tmp_path: Path) -> None:
    unit = Unit(served.client(), tmp_path)
    unit.look()
    old = served.client().fetch_briefing(have=0, holds="0" * 64, key_id=None)
    assert old is not None
    with served.database.writing() as session:
        session.execute(update(Student).values(full_name="Mới"))
    unit.look()
    before = unit.briefing.state(), unit.names()
    package = BriefingPackage.model_validate_json(old.body[SIGNATURE_BYTES:])
    stranger = sign_briefing(package.model_copy(update={"device": "door-1"}), served.rosters.signer.sign)
    lacking = package.parts[0].model_copy(update={"sealed": None, "sha256": "0" * 64})
    torn = sign_briefing(package.model_copy(update={"version": 99, "parts": (lacking,)}), served.rosters.signer.sign)
    for body, error in (
        (old.body, Rejected),
        (old.body[:-9] + b"x" + old.body[-8:], Forged),
        (stranger, Rejected),
        (torn, Rejected),
        (bytes(SIGNATURE_BYTES), Forged),
    ):
        unit.downlink._cloud = Once(served.client(), Delivery(body, b"\1" * 32))
        with pytest.raises(error):
            unit.look()
        assert (unit.briefing.state(), unit.names()) == before
    unit.downlink._cloud = served.client()
    unit.look()
    assert unit.names() == before[1]


class Once:
    """A cloud between whose answers somebody has put one of their own."""

    def __init__(self, genuine: RosterClient, delivery: Delivery) -> None:
        self._delivery = delivery
        self.briefing_key, self.acknowledge_briefing = genuine.briefing_key, genuine.acknowledge_briefing

    def fetch_briefing(self, *, have: int, holds: str, key_id: str | None) -> Delivery | None:
        return self._delivery


@pytest.mark.parametrize("token", ["wrong", TOKENS["door-1"], TOKENS["far-1"]])
def test_an_outsider_gets_neither_briefing_nor_key(served: Served, tmp_path: Path, token: str) -> None:
    unit = Unit(served.client(), tmp_path)
    unit.look()
    key_id = unit.briefing.state().key_id
    assert key_id is not None
    outsider = served.client("gate-1", token)
    for ask in (
        lambda: outsider.fetch_briefing(have=0, holds="0" * 64, key_id=None),
        lambda: outsider.briefing_key(key_id),
    ):
        with pytest.raises(Unavailable, match="answered 401"):
            ask()
    with pytest.raises(Unavailable, match="answered 404"):
        served.client("far-1").briefing_key(key_id)
    far = Unit(served.client("far-1"), tmp_path / "far", "far-1")
    far.look()
    ours = {str(one) for one in served.house.student_ids}
    assert not ours & {str(row[0]) for row in far.connection.execute("SELECT person FROM person_card")}


def test_a_locked_out_unit_gets_nothing(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as session:
        session.execute(update(Device).where(Device.id == "gate-1").values(disabled_at=NOW))
    with pytest.raises(Unavailable, match="answered 401"):
        Unit(served.client(), tmp_path).look()


def test_a_restored_backup_does_not_take_a_unit_back(served: Served, tmp_path: Path) -> None:
    unit = Unit(served.client(), tmp_path)
    unit.look()
    with served.database.writing() as session:
        session.execute(update(Student).values(full_name="Sau"))
    unit.look()
    with served.database.writing() as session:
        session.execute(update(BriefingUnit).values(version=1))
        session.execute(update(Student).values(full_name="Trước"))
    assert unit.look()
    assert set(unit.names()) == {"Trước", "Cô Mai"}
    assert unit.briefing.state().version == 3


def test_settings_are_set_by_whoever_may_and_what_is_not_on_the_list_is_named(
    served: Served, tmp_path: Path
) -> None:  # fmt: skip
    unit = Unit(served.client(), tmp_path)
    with served.database.writing() as session:
        session.add(
            UnitOrders(
                device_id="gate-1", school_id=served.house.school_id, changed_at=NOW, changed_by=STAFF,
                settings={"direction": "in", "min_face_px": 64},
            )
        )  # fmt: skip
    unit.look()
    settings = told_settings(unit.connection, EdgeSettings(panel_greeting="none"))
    assert (settings.direction, settings.min_face_px, settings.panel_greeting) == ("in", 64, "none")
    content = b'{"v":1,"direction":"up","min_face_px":50,"camera_source":"0"}'
    taken, refused = read_settings(content)
    assert taken == UnitSettings(min_face_px=50)
    assert [problem.partition(":")[0] for problem in refused] == ["settings.direction", "settings.camera_source"]
    with pytest.raises(Invalid, match=r"camera_source.*The cloud may set: direction"):
        settings_from({"camera_source": "0"})


def test_nothing_is_said_to_units_that_never_asked(served: Served) -> None:
    with served.database.writing() as session:
        assert packing.notices(session, served.rosters, ["gate-1", "door-1"], NOW) == []
        assert session.scalars(select(BriefingUnit.device_id)).all() == []
