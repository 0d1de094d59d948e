"""What must hold for any bytes: no crash, no memory without bound, and nothing forged taken for true.

The same properties are tested with hypothesis where the parsers are tested, and a few inputs are thrown at each in
`tests/scripts/test_fuzzers.py`; here millions look for more. To add one: a function here, its line in `TARGETS`, and in
`SEEDS` something that is right.
"""

import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.attendance.reading import Delivery, read
from cloud.devices.ingest import HealthReport
from cloud.devices.ingest import read as read_health
from edge.contract import (
    MAX_BATCH,
    Ack,
    BriefingAck,
    BriefingKey,
    BriefingNotice,
    BriefingPackage,
    EventBatch,
    Heartbeat,
    Offline,
    RosterAck,
    RosterKey,
    RosterNotice,
    Unreadable,
    parse,
)
from edge.contract.briefing import CONTEXT as BRIEFING_CONTEXT
from edge.contract.briefing import read_briefing
from edge.contract.briefing_parts import KINDS
from edge.contract.cards import PREFIX, Card, print_card, read_card
from edge.contract.events import read_batch
from edge.contract.identity import Claimed, ClaimRequest
from edge.contract.release import CONTEXT as RELEASE_CONTEXT
from edge.contract.release import ReleaseManifest, read_manifest, sign_manifest
from edge.contract.roster import CONTEXT as ROSTER_CONTEXT
from edge.contract.roster import RosterPackage, read_package, sign_package
from edge.contract.signed import SIGNATURE_BYTES
from edge.hardware.readers.fingerprint.packets import MAX_PAYLOAD, Kind, Packet, PacketReader
from edge.hardware.readers.keystrokes import MAX_LINE, Keystrokes

GOLDEN = Path("tests/edge/contract/golden/v1")
SCHOOL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SHORT_CARD = print_card(Card(1, 43, date(2030, 8, 31), "hs-1"), SCHOOL.sign)
CARD = print_card(Card(1, 42, date(2030, 8, 31), "0192f0c1-7e7a-7c53-9a51-1d2b3c4d5e6f"), SCHOOL.sign)
ROSTER = sign_package(
    RosterPackage(device="gate-1", base=0, version=1, key_id=UUID(int=7), erase=("hs-1",), sha256="0" * 64), SCHOOL.sign
)
RELEASE = sign_manifest(
    ReleaseManifest(
        number=7, software="0.2.0", sha256="0" * 64, size_bytes=9, made_at=datetime(2026, 11, 16, tzinfo=UTC)
    ),
    SCHOOL.sign,
)
ENVELOPES = (
    Ack, EventBatch, Heartbeat, Offline, RosterNotice, RosterAck, RosterKey, RosterPackage, ClaimRequest, Claimed,
    BriefingNotice, BriefingAck, BriefingKey, BriefingPackage, *KINDS.values(),
)  # fmt: skip


def qr_text(data: bytes) -> None:
    """Any text is a claim, of which there is one way to write it, or no card."""
    text = data.decode("utf-8", "replace")
    for one in (text, PREFIX + text):
        with suppress(Unreadable):
            claim = read_card(one)
            assert print_card(claim.card, lambda _, claim=claim: claim.signature) == one.strip().upper()


def forged_card(data: bytes) -> None:
    """A true card with letters changed never holds."""
    letters = list(CARD)
    for place, letter in zip(data[::2], data[1::2], strict=False):
        letters[place % len(letters)] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[letter % 32]
    forged = "".join(letters)
    with suppress(Unreadable, InvalidSignature):
        claim = read_card(forged)
        SCHOOL.public_key().verify(claim.signature, claim.signed)
        assert forged == CARD, "a forged card holds"


def keyboard_events(data: bytes) -> None:
    keys, at_s = Keystrokes(), 0.0
    for code, value, step in struct.iter_unpack("<HbB", data[: len(data) // 4 * 4]):
        at_s += step / 100 - 0.2
        line = keys.feed(code, value, at_s)
        assert line is None or 0 < len(line) <= MAX_LINE


def fingerprint_bytes(data: bytes) -> None:
    """However it is cut, the same packets come out, and nothing is hoarded."""
    at_once, piecewise = PacketReader(), PacketReader()
    cut = data[0] % 17 + 1 if data else 1
    packets = at_once.feed(data)
    assert packets == [one for at in range(0, len(data), cut) for one in piecewise.feed(data[at : at + cut])]
    for packet in packets:
        assert len(packet.payload) <= MAX_PAYLOAD
        assert packet.encode() in data


def mqtt_payload(data: bytes) -> None:
    with suppress(Unreadable):
        list(read_batch(data).sightings())


def other_envelope(data: bytes) -> None:
    """What else travels: it is read or refused, and what was read is written and read as the same."""
    for envelope in ENVELOPES:
        with suppress(Unreadable):
            said = parse(envelope, data)
            assert parse(envelope, said.encode()) == said


def http_batch(data: bytes) -> None:
    """The service's side of a batch, by broker or HTTPS: nothing passes for another unit's, nothing is read twice."""
    reading = read(Delivery("gate-1", data))
    if reading.refused:
        assert not reading.sightings
        assert reading.refused.payload == data
    assert len(reading.sightings) + len(reading.problems) <= MAX_BATCH
    for problem in (*reading.problems, *([reading.refused] if reading.refused else [])):
        assert problem.device_id == "gate-1"


def heartbeat(data: bytes) -> None:
    """The service's side of health: what is read says that it is from the unit whose topic or token it came by."""
    with suppress(Unreadable):
        assert read_health(HealthReport("gate-1", data)).device == "gate-1"


def _signed_by_the_school(signature: bytes, signed: bytes) -> bool:
    with suppress(InvalidSignature):
        SCHOOL.public_key().verify(signature, signed)
        return True
    return False


def signed_roster(data: bytes) -> None:
    """Whatever our cloud may have signed is a roster, or a briefing, or refused; one is never the other."""
    for context, read_it in ((ROSTER_CONTEXT, read_package), (BRIEFING_CONTEXT, read_briefing)):
        with suppress(Unreadable):
            read_it(SCHOOL.sign(context + data) + data, _signed_by_the_school)
    with suppress(Unreadable):
        read_briefing(SCHOOL.sign(ROSTER_CONTEXT + data) + data, _signed_by_the_school)
        raise AssertionError("a roster's signature holds for a briefing")


def forged_roster(data: bytes) -> None:
    """A true package with bytes changed, cut off or put on never holds; neither do other signatures of ours."""
    body = bytearray(ROSTER)
    for place, change in zip(data[::2], data[1::2], strict=False):
        body[(place * 7 + change) % len(body)] ^= change
    for forged in (bytes(body), ROSTER[: len(data)], ROSTER + data, SCHOOL.sign(data) + data):
        with suppress(Unreadable):
            read_package(forged, _signed_by_the_school)
            assert forged == ROSTER, "a forged roster holds"


def signed_release(data: bytes) -> None:
    """Whatever the release key may have signed is a manifest or refused."""
    with suppress(Unreadable):
        read_manifest(SCHOOL.sign(RELEASE_CONTEXT + data) + data, _signed_by_the_school)


def forged_release(data: bytes) -> None:
    """A true manifest with bytes changed, cut off or put on never holds; nor does a roster, or another signature."""
    body = bytearray(RELEASE)
    for place, change in zip(data[::2], data[1::2], strict=False):
        body[(place * 7 + change) % len(body)] ^= change
    for forged in (bytes(body), RELEASE[: len(data)], RELEASE + data, ROSTER, SCHOOL.sign(data) + data):
        with suppress(Unreadable):
            read_manifest(forged, _signed_by_the_school)
            assert forged == RELEASE, "a forged release holds"


ENVELOPES_SEEN = [file.read_bytes() for file in sorted(GOLDEN.glob("*.json"))]
SEEDS: dict[str, list[bytes]] = {
    "qr-text": [CARD.encode(), SHORT_CARD.encode()],
    "keyboard-events": [struct.pack("<HbB", 30, 1, 25) + struct.pack("<HbB", 28, 1, 25)],
    "fingerprint-bytes": [b"\0" + Packet(Kind.ANSWER, b"\0\0\7\0\x78").encode()],
    "mqtt-payload": ENVELOPES_SEEN,
    "other-envelope": ENVELOPES_SEEN,
    "http-batch": ENVELOPES_SEEN,
    "heartbeat": ENVELOPES_SEEN,
    "signed-roster": [ROSTER[SIGNATURE_BYTES:]],
    "signed-release": [RELEASE[SIGNATURE_BYTES:]],
}
"""Where to begin: no chance finds JSON with the right keys."""

TARGETS: dict[str, Callable[[bytes], None]] = {
    "qr-text": qr_text,
    "forged-card": forged_card,
    "keyboard-events": keyboard_events,
    "fingerprint-bytes": fingerprint_bytes,
    "mqtt-payload": mqtt_payload,
    "other-envelope": other_envelope,
    "http-batch": http_batch,
    "heartbeat": heartbeat,
    "signed-roster": signed_roster,
    "forged-roster": forged_roster,
    "signed-release": signed_release,
    "forged-release": forged_release,
}
