"""What must hold for any bytes: no crash, no memory without bound, and nothing forged taken for true.

The same properties are tested with hypothesis where the parsers are tested; here millions of inputs look for more.
"""

import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.contract import Unreadable
from edge.contract.cards import PREFIX, Card, print_card, read_card
from edge.contract.events import read_batch
from edge.hardware.readers.fingerprint.packets import MAX_PAYLOAD, Kind, Packet, PacketReader
from edge.hardware.readers.keystrokes import MAX_LINE, Keystrokes

GOLDEN = Path("tests/edge/contract/golden/v1")
SCHOOL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SHORT_CARD = print_card(Card(1, 43, date(2030, 8, 31), "hs-1"), SCHOOL.sign)
CARD = print_card(Card(1, 42, date(2030, 8, 31), "0192f0c1-7e7a-7c53-9a51-1d2b3c4d5e6f"), SCHOOL.sign)


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


SEEDS: dict[str, list[bytes]] = {
    "qr-text": [CARD.encode(), SHORT_CARD.encode()],
    "keyboard-events": [struct.pack("<HbB", 30, 1, 25) + struct.pack("<HbB", 28, 1, 25)],
    "fingerprint-bytes": [b"\0" + Packet(Kind.ANSWER, b"\0\0\7\0\x78").encode()],
    "mqtt-payload": [file.read_bytes() for file in sorted(GOLDEN.glob("*.json"))],
}
"""Where to begin: no chance finds JSON with the right keys."""

TARGETS: dict[str, Callable[[bytes], None]] = {
    "qr-text": qr_text,
    "forged-card": forged_card,
    "keyboard-events": keyboard_events,
    "fingerprint-bytes": fingerprint_bytes,
    "mqtt-payload": mqtt_payload,
}
