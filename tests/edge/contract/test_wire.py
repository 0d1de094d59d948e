"""Every shipped envelope version stays readable; bad ones are named, not believed."""

from pathlib import Path

import pytest

from edge.contract import (
    Ack,
    BriefingAck,
    BriefingKey,
    BriefingNotice,
    BriefingPackage,
    EventBatch,
    FutureVersion,
    Heartbeat,
    Malformed,
    Offline,
    Oversized,
    RosterAck,
    RosterKey,
    RosterNotice,
    RosterPackage,
    Sighting,
    Wire,
    parse,
)
from edge.contract.briefing_parts import (
    CalibrationPart,
    CardsPart,
    LessonsPart,
    LinksPart,
    PeoplePart,
    RingsPart,
    UnitSettings,
)
from edge.contract.events import read_batch
from edge.contract.identity import Claimed
from edge.contract.release import ReleaseManifest
from edge.settings import EdgeSettings

GOLDEN = Path(__file__).parent / "golden"
MODELS: dict[str, type[Wire]] = {
    "event_batch": EventBatch,
    "ack": Ack,
    "heartbeat": Heartbeat,
    "offline": Offline,
    "briefing_ack": BriefingAck,
    "briefing_key": BriefingKey,
    "briefing_notice": BriefingNotice,
    "briefing_package": BriefingPackage,
    "briefing_people": PeoplePart,
    "briefing_cards": CardsPart,
    "briefing_links": LinksPart,
    "briefing_settings": UnitSettings,
    "briefing_calibration": CalibrationPart,
    "briefing_lessons": LessonsPart,
    "briefing_rings": RingsPart,
    "claimed": Claimed,
    "roster_ack": RosterAck,
    "roster_key": RosterKey,
    "roster_notice": RosterNotice,
    "roster_package": RosterPackage,
    "release_manifest": ReleaseManifest,
}
BATCH = (GOLDEN / "v1" / "event_batch.json").read_bytes()


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*/*.json")), ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_golden_files_stay_parseable_and_are_written_the_same(file: Path) -> None:
    payload = file.read_bytes().strip()
    assert parse(MODELS[file.stem], payload).encode() == payload


@pytest.mark.parametrize("name", MODELS)
def test_every_envelope_has_a_golden_file(name: str) -> None:
    assert (GOLDEN / "v1" / f"{name}.json").exists()


def test_a_field_added_by_a_newer_peer_is_ignored() -> None:
    newer = BATCH.replace(b'{"v":1,', b'{"v":1,"mood":"good",').replace(b'{"seq":1,', b'{"seq":1,"shoe":31,')
    assert parse(EventBatch, newer).encode() == BATCH.strip()


def test_we_never_write_a_field_that_the_contract_does_not_know() -> None:
    with pytest.raises(ValueError, match="mood"):
        Ack(device="gate-1", mood="good")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("payload", "error", "says"),
    [
        (b"\xff\xfe", Malformed, "not JSON"),
        (b"[1]", Malformed, "not a JSON object"),
        (b"[" * 100_000, Malformed, "not JSON"),
        (b'{"v":"one"}', Malformed, "v:"),
        (b'{"v":true}', Malformed, "v:"),
        (b'{"v":1,"device":"GATE 1"}', Malformed, "device:"),
        (BATCH.replace(b'{"v":1,', b'{"v":2,'), FutureVersion, "newer than 1"),
        (BATCH.replace(b"2026-11-16T00:31:04.250000Z", b"0001-01-01T00:00:00+14:00"), Malformed, "sent_at:.* years"),
        (b" " * 300_000, Oversized, "300000 bytes"),
    ],
)
def test_a_bad_envelope_is_named(payload: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        parse(EventBatch, payload)


def test_one_bad_event_does_not_condemn_its_neighbours() -> None:
    spoilt = BATCH.replace(b'"outcome":"unknown"', b'"outcome":"ghost"')
    good, bad = list(read_batch(spoilt).sightings())
    assert isinstance(good, Sighting)
    assert isinstance(bad, tuple)
    assert "outcome" in str(bad[1])


def test_a_person_is_named_only_when_identified() -> None:
    named_unknown = BATCH.replace(b'"outcome":"unknown"', b'"outcome":"unknown","person":"hs-2"')
    _, bad = list(read_batch(named_unknown).sightings())
    assert isinstance(bad, tuple)
    assert "if and only if" in str(bad[1])


def test_the_cloud_may_set_only_what_a_unit_has_and_within_its_bounds() -> None:
    fields = UnitSettings.model_fields.keys() - {"v"}
    assert fields < EdgeSettings.model_fields.keys()
    extremes = {
        "min_face_px": (16, 400), "passage_window_s": (0, 3600), "fever_c": (36, 40), "door_s": (1, 60),
        "bell_s": (1, 30), "direction": ("in", "both"), "liveness": ("off", "refuse"),
        "panel_greeting": ("initials", "none"),
    }  # fmt: skip
    assert extremes.keys() == fields
    for name, values in extremes.items():
        for value in values:
            told = UnitSettings.model_validate({name: value})
            assert getattr(EdgeSettings.model_validate({name: value}), name) == getattr(told, name)
