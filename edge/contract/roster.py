"""Whom a unit may know: packages over HTTPS, signed and with every template sealed; a notice by MQTT says only which.

A package's body is the Ed25519 signature (64 bytes) over CONTEXT and the JSON that follows it. A template is sealed
with the unit's roster key (AES-256-GCM, 12 random bytes before it, bound to `person|model`) and stays sealed on the
unit's disk: the key comes separately, and the cloud may withhold it.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64UrlBytes, Field

from edge.contract.signed import read_body, sign_body
from edge.contract.wire import DeviceId, PersonRef, UtcDatetime, Wire

SIGNER_HEADER = "Diemdanh-Roster-Signer"
"""Of the answer with a package: the raw Ed25519 public key, base64url. A unit keeps the first that it is told."""
CONTEXT = b"diemdanh roster\0"
"""Signed together with the package, so that a signature made for anything else never fits."""
MAX_PEOPLE = 20_000

Version = Annotated[int, Field(ge=0, le=2**53)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RosterNotice(Wire):
    """By MQTT, to one unit: there is something newer. Nothing else ever travels over the broker."""

    v: Literal[1] = 1
    device: DeviceId
    version: Version
    sha256: Digest
    """The digest that the unit's roster has after it has applied that version."""


class SealedTemplate(Wire):
    id: UUID
    model: Annotated[str, Field(max_length=64)]
    quality: Annotated[float, Field(ge=0, le=1)]
    sealed: Annotated[Base64UrlBytes, Field(max_length=8192)]


class RosterEntry(Wire):
    person: PersonRef
    templates: Annotated[tuple[SealedTemplate, ...], Field(min_length=1, max_length=10)]


class RosterPackage(Wire):
    """`base` 0: everybody whom the unit may know, the others go. Otherwise what changed since version `base`."""

    v: Literal[1] = 1
    device: DeviceId
    base: Version
    version: Version
    key_id: UUID
    entries: Annotated[tuple[RosterEntry, ...], Field(max_length=MAX_PEOPLE)] = ()
    erase: Annotated[tuple[PersonRef, ...], Field(max_length=MAX_PEOPLE)] = ()
    """Named, so that the unit can say of each that it is gone."""
    sha256: Digest
    """Of the whole roster after this package: see roster_digest."""


class RosterKey(Wire):
    """By HTTPS alone, and only to a unit that is not locked out: what opens the templates on its disk."""

    v: Literal[1] = 1
    device: DeviceId
    key_id: UUID
    key: Annotated[Base64UrlBytes, Field(max_length=64)]


class RosterAck(Wire):
    """What the unit holds now, in its own words: the proof is the digest over what is on its disk."""

    v: Literal[1] = 1
    device: DeviceId
    version: Version
    sha256: Digest
    people: Annotated[int, Field(ge=0)]
    erased: Annotated[tuple[PersonRef, ...], Field(max_length=MAX_PEOPLE)] = ()
    applied_at: UtcDatetime


def roster_digest(templates: Iterable[tuple[str, UUID]]) -> str:
    """Over person and id of every template: the same on both sides if and only if both hold the same."""
    return sha256("\n".join(sorted(f"{person}|{template}" for person, template in templates)).encode()).hexdigest()


def bound_to(person: str, model: str) -> bytes:
    """What a sealed template is authenticated with: it cannot be given to somebody else."""
    return f"{person}|{model}".encode()


def sign_package(package: RosterPackage, sign: Callable[[bytes], bytes]) -> bytes:
    """The body. `sign` is the Ed25519 private key's."""
    return sign_body(package, CONTEXT, sign)


def read_package(body: bytes, verify: Callable[[bytes, bytes], bool]) -> RosterPackage:
    """`verify(signature, signed)`. Nothing is parsed before the signature was checked. Raises Unreadable."""
    return read_body(RosterPackage, body, CONTEXT, verify)
