"""What is printed on a pupil's card: a signed, expiring reference to one person, as text for a QR code.

    "DD" + base32 (RFC 4648, without padding) of
        version 1 | key id 1 | serial 5 | last day of validity 2 | person 1 + n | signature 64      bytes

Numbers are big-endian. The day counts from 1 January 2020. The person is a length and that many ASCII characters, or
length 0 and the 16 bytes of a UUID, which is what our cloud gives out: 146 characters then, QR version 6 (41 modules)
at correction level M. Capitals and digits only: the densest mode of a QR code, and what a scanner that types can type
on any keyboard layout, with or without caps lock.

The signature is Ed25519, made in the cloud, checked on the unit: a stolen unit holds nothing to forge a card with. A
truncated HMAC would have saved 54 bytes (29 modules instead of 41), but every unit would hold the key to every card.
The two operations themselves come from the caller, so that this package needs no cryptography.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pydantic import TypeAdapter

from edge.contract.wire import PersonRef, Unreadable

PREFIX = "DD"
VERSION = 1
SIGNATURE_BYTES = 64
MAX_TEXT = 256
"""No card's text is longer."""
EPOCH = date(2020, 1, 1)
MAX_SERIAL = 2**40 - 1
CONTEXT = b"diemdanh card\0"
"""Signed together with the card, so that a signature made for anything else never fits."""

_PERSON = TypeAdapter[str](PersonRef)


class NotACard(Unreadable):
    """Some other code: a book's, a phone's, a torn card's. Nobody tried anything."""


class FutureCard(Unreadable):
    """A card of a newer version than this side reads."""


@dataclass(frozen=True, slots=True)
class Card:
    """`serial` is one printed card's, for ever: what is revoked is a card and not a person."""

    key_id: int
    serial: int
    valid_until: date
    """The last day on which it counts."""
    person: str

    def __post_init__(self) -> None:
        if not 0 <= self.key_id <= 255 or not 0 <= self.serial <= MAX_SERIAL:
            raise ValueError("a card's key id is 0 to 255 and its serial 0 to 2**40 - 1")
        if not 0 <= (self.valid_until - EPOCH).days <= 0xFFFF:
            raise ValueError(f"a card is valid until a day from {EPOCH} on, and not for ever")
        _PERSON.validate_python(self.person)


@dataclass(frozen=True, slots=True)
class SignedCard:
    """What a text claims. Nothing of it is true before the signature over `signed` was checked."""

    card: Card
    signed: bytes
    signature: bytes


def print_card(card: Card, sign: Callable[[bytes], bytes]) -> str:
    """The text for the QR code. `sign` is the Ed25519 private key's."""
    body = _body(card)
    return PREFIX + _base32(body + sign(CONTEXT + body))


def read_card(text: str) -> SignedCard:
    """The claim in `text`, however a scanner typed it. Raises NotACard or FutureCard; never anything else.

    There is exactly one text for a card and its signature, capitals and surrounding blanks aside.
    """
    text = text.strip().upper()
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        raise NotACard("not one of our cards")
    encoded = text.removeprefix(PREFIX)
    try:
        raw = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except (binascii.Error, ValueError) as error:
        raise NotACard("not one of our cards: not base32") from error
    if _base32(raw) != encoded:
        raise NotACard("not one of our cards: loose bits at the end")
    if not raw:
        raise NotACard("not one of our cards: empty")
    if raw[0] > VERSION:
        raise FutureCard(f"a card of version {raw[0]}; this side reads up to {VERSION}: update it")
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    try:
        card = _card(body)
    except (ValueError, OverflowError, IndexError) as error:
        raise NotACard(f"not one of our cards: {type(error).__name__}") from error
    if _body(card) != body:
        raise NotACard("not one of our cards: written in an unusual way")
    return SignedCard(card, CONTEXT + body, signature)


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=")


def _body(card: Card) -> bytes:
    days = (card.valid_until - EPOCH).days
    head = bytes([VERSION, card.key_id]) + card.serial.to_bytes(5, "big") + days.to_bytes(2, "big")
    try:
        identity = UUID(card.person)
    except ValueError:
        identity = None
    if identity is not None and str(identity) == card.person:
        return head + b"\0" + identity.bytes
    return head + bytes([len(card.person)]) + card.person.encode("ascii")


def _card(body: bytes) -> Card:
    """Raises ValueError (of which ValidationError and UnicodeDecodeError are), OverflowError or IndexError."""
    if body[0] != VERSION:
        raise ValueError("version 0")
    length, rest = body[9], body[10:]
    person = str(UUID(bytes=rest)) if length == 0 else rest.decode("ascii")
    if length != 0 and length != len(rest):
        raise ValueError("length")
    return Card(
        key_id=body[1],
        serial=int.from_bytes(body[2:7], "big"),
        valid_until=EPOCH + timedelta(days=int.from_bytes(body[7:9], "big")),
        person=person,
    )
