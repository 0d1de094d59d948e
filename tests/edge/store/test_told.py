"""What the cloud told a unit: a part at a time, whatever the others say; the bell rings as it was sent."""

from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from edge.contract import BriefingPackage, Wire
from edge.contract.briefing import Part
from edge.contract.briefing_parts import LessonsPart, NamedPerson, PeoplePart, RingsPart, UnitSettings
from edge.errors import Rejected
from edge.hardware.actuators.bell import Bell
from edge.hardware.actuators.fake import FakeRelay
from edge.recogniser.orders import OrdersWatch
from edge.recogniser.school_bell import SentRings
from edge.settings import EdgeSettings
from edge.store.briefing import Briefing
from edge.store.db import connect
from edge.store.people import People
from edge.store.told import told, told_settings
from tests.edge.hardware.actuators.test_bell import Hands
from tests.services.waiting import eventually

KEY = bytes(range(32))
KEY_ID = UUID(int=5)
NOW = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
DAY = date(2026, 11, 16)
RINGS = RingsPart(patterns=((time(7, 30), time(8, 10)),), days=((DAY, 0),))


def one_class(*names: str, class_name: str = "1A") -> PeoplePart:
    return PeoplePart(
        people=tuple(
            NamedPerson(person=f"hs-{name}", full_name=name, given_name=name, class_name=class_name) for name in names
        )
    )


def package(version: int, erase: tuple[str, ...] = (), **contents: Wire | bytes) -> BriefingPackage:
    parts = []
    for name, part in contents.items():
        content = part if isinstance(part, bytes) else part.encode()
        digest = sha256(content).hexdigest()
        parts.append(Part.model_construct(name=name.replace("_", "/"), sha256=digest, sealed=content))
    return BriefingPackage(device="gate-1", version=version, key_id=KEY_ID, parts=tuple(parts), erase=erase)


def given(folder: Path) -> Briefing:
    return Briefing(connect(folder))


def apply(briefing: Briefing, what: BriefingPackage) -> tuple[str, ...]:
    return briefing.apply(what, lambda name, digest, sealed: sealed, KEY, now=NOW).refused


def test_a_part_that_cannot_be_used_is_named_and_the_others_hold(tmp_path: Path) -> None:
    briefing = given(tmp_path)
    broken = b'{"v":1,"patterns":[],"days":[["2026-11-16",3]]}'
    refused = apply(briefing, package(1, people_1a=one_class("An"), rings=broken, weather=b'{"v":9}'))
    assert [one.partition(":")[0] for one in refused] == ["rings"]
    names = People(connect(tmp_path), bytes(32), lambda key_id: KEY if key_id == str(KEY_ID) else None).everybody()
    assert [card.full_name for card in names] == ["An"]
    assert People(connect(tmp_path), bytes(32)).everybody() == []
    assert not briefing.has_more_to_read()
    connect(tmp_path).execute("UPDATE briefing_part SET unread_by = '0.0.1' WHERE name = 'weather'")
    assert briefing.has_more_to_read()


def test_whoever_changes_class_is_in_the_new_one_and_a_class_that_goes_takes_its_people_along(tmp_path: Path) -> None:
    briefing, connection = given(tmp_path), connect(tmp_path)
    people = People(connection, KEY, lambda key_id: KEY)
    apply(briefing, package(1, people_1a=one_class("An", "Bo"), people_1b=one_class("Chi", class_name="1B")))
    apply(briefing, package(2, people_1a=one_class("An"), people_1b=one_class("Bo", "Chi", class_name="1B")))
    assert [(card.class_name, card.full_name) for card in people.everybody()] == [
        ("1A", "An"), ("1B", "Bo"), ("1B", "Chi"),
    ]  # fmt: skip
    assert connection.execute("SELECT class FROM class_member WHERE person = 'hs-Bo'").get == "1b"
    apply(briefing, package(3, people_1b=one_class("Chi", class_name="1B"), erase=("hs-An", "hs-Bo")))
    assert [card.full_name for card in people.everybody()] == ["Chi"]
    unsent = briefing.unsent()
    assert unsent is not None
    assert (unsent.erased, unsent.people) == (("hs-An", "hs-Bo"), 1)
    with pytest.raises(Rejected, match="older"):
        apply(briefing, package(2))
    lacking = BriefingPackage(
        device="gate-1", version=4, key_id=KEY_ID, parts=(Part(name="rings", sha256="0" * 64),)
    )  # fmt: skip
    with pytest.raises(Rejected, match="lacks rings"):
        apply(briefing, lacking)
    assert briefing.state().version == 3


def test_the_bell_rings_as_it_was_sent_and_follows_what_is_sent_next(tmp_path: Path) -> None:
    briefing, relay, clock = given(tmp_path), FakeRelay(), Hands(NOW)
    relay.open()
    bell = Bell(relay, SentRings(tmp_path, 4.0, clock), clock)
    bell.ring_what_is_due()
    assert relay.pulses == []
    apply(briefing, package(1, rings=RINGS))
    bell.ring_what_is_due()
    bell.ring_what_is_due()
    assert relay.pulses == [4.0]
    moved = RingsPart(patterns=((time(7, 31),),), days=((DAY, 0),))
    apply(briefing, package(2, rings=moved))
    clock.time = NOW.replace(minute=31)
    bell.ring_what_is_due()
    assert relay.pulses == [4.0, 4.0]


def test_settings_hold_over_the_units_own_until_they_are_taken_back(tmp_path: Path) -> None:
    briefing, connection, own = given(tmp_path), connect(tmp_path), EdgeSettings(direction="out", fever_c=38.0)
    before, changed = told(connection), []
    apply(briefing, package(1, settings=UnitSettings(direction="in", liveness="refuse")))
    assert told_settings(connection, own) == own.model_copy(update={"direction": "in", "liveness": "refuse"})
    with OrdersWatch(tmp_path, before, lambda: changed.append(True)):
        eventually(lambda: changed == [True], saying="the change was not seen")
    apply(briefing, package(2))
    assert told_settings(connection, own) == own
    assert told(connection) == before


def test_a_lesson_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        LessonsPart.model_validate(
            {"patterns": [[{"starts_at": "08:10", "ends_at": "07:30", "class_ref": "1a"}]], "days": []}
        )
