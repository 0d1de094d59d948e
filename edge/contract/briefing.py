"""What a unit is told beside templates: names, cards, links, settings, calibration, lessons and bells.

It goes the roster's way: a package over HTTPS, signed by the same signer, and a notice by MQTT that says only which. A
briefing consists of parts (briefing_parts.py). A package names every part with its digest, and carries those that have
changed since the version that the unit has; each is sealed with the unit's briefing key (AES-256-GCM, 12 random bytes
before it, bound to what `sealed_for` says), because a name must not be read on the way.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64UrlBytes, Field, StringConstraints

from edge.contract.roster import Digest, Version
from edge.contract.signed import read_body, sign_body
from edge.contract.wire import DeviceId, PersonRef, UtcDatetime, Wire

CONTEXT = b"diemdanh briefing\0"
MAX_PARTS = 2_000
MAX_PEOPLE = 20_000

PartName = Annotated[str, StringConstraints(pattern=r"^[a-z]+(/[A-Za-z0-9-]{1,64})?$")]


class BriefingNotice(Wire):
    """By MQTT, to one unit: there is something newer. Nothing of it travels over the broker."""

    v: Literal[1] = 1
    device: DeviceId
    version: Version
    sha256: Digest
    """The digest that the unit's briefing has after it has applied that version."""


class Part(Wire):
    name: PartName
    sha256: Digest
    """Of its content, unsealed."""
    sealed: Base64UrlBytes | None = None
    """None: the unit has it."""


class BriefingPackage(Wire):
    """Every part that there is; one that is not named is to be dropped."""

    v: Literal[1] = 1
    device: DeviceId
    version: Version
    key_id: UUID
    parts: Annotated[tuple[Part, ...], Field(max_length=MAX_PARTS)]
    erase: Annotated[tuple[PersonRef, ...], Field(max_length=MAX_PEOPLE)] = ()
    """Whoever is with the school no more, or in no class of this unit's: named, so that the unit can say of each that
    nothing of them is left."""


class BriefingKey(Wire):
    """By HTTPS alone, and only to a unit that is not locked out."""

    v: Literal[1] = 1
    device: DeviceId
    key_id: UUID
    key: Annotated[Base64UrlBytes, Field(max_length=64)]


class BriefingAck(Wire):
    """What the unit holds now, in its own words."""

    v: Literal[1] = 1
    device: DeviceId
    version: Version
    sha256: Digest
    people: Annotated[int, Field(ge=0)]
    """How many it can name."""
    erased: Annotated[tuple[PersonRef, ...], Field(max_length=MAX_PEOPLE)] = ()
    refused: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100)] = ()
    """What it could not use: part and field, and why."""
    applied_at: UtcDatetime


def briefing_digest(parts: Iterable[tuple[str, str]]) -> str:
    """Over name and digest of every part: the same on both sides if and only if both hold the same."""
    return sha256("\n".join(sorted(f"{name}|{digest}" for name, digest in parts)).encode()).hexdigest()


def sealed_for(device: str, name: str, digest: str) -> str:
    """What a sealed part is authenticated with: it cannot be given to another unit or put into another's place."""
    return f"briefing|{device}|{name}|{digest}"


def sign_briefing(package: BriefingPackage, sign: Callable[[bytes], bytes]) -> bytes:
    return sign_body(package, CONTEXT, sign)


def read_briefing(body: bytes, verify: Callable[[bytes, bytes], bool]) -> BriefingPackage:
    """Raises Unreadable; Forged when the signature is not that of our cloud."""
    return read_body(BriefingPackage, body, CONTEXT, verify)
