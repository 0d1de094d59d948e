"""New software for units: a manifest, signed with a key that is pinned at installation, and an archive that it names.

A manifest's body is the Ed25519 signature (64 bytes) over CONTEXT and the JSON that follows it. The archive is a tar
with a folder `wheels`: everything that the new version needs, so that a unit asks nobody but its own school's service.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from edge.contract.roster import Digest
from edge.contract.signed import SIGNATURE_BYTES, read_body, sign_body
from edge.contract.wire import Malformed, UtcDatetime, Wire, describe

CONTEXT = b"diemdanh release\0"
"""Signed together with the manifest, so that a signature made for anything else never fits."""
MAX_MANIFEST_BYTES = 4096
MAX_ARCHIVE_BYTES = 2**30

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ReleaseManifest(Wire):
    """`number` only ever grows: a unit takes no lower one than it has tried, whoever signed it."""

    v: Literal[1] = 1
    number: Number
    software: Annotated[str, Field(min_length=1, max_length=20)]
    """The version as people call it."""
    sha256: Digest
    """Of the archive."""
    size_bytes: Annotated[int, Field(ge=1, le=MAX_ARCHIVE_BYTES)]
    made_at: UtcDatetime


def sign_manifest(manifest: ReleaseManifest, sign: Callable[[bytes], bytes]) -> bytes:
    """The body. `sign` is the Ed25519 private key's."""
    return sign_body(manifest, CONTEXT, sign)


def read_manifest(body: bytes, verify: Callable[[bytes, bytes], bool]) -> ReleaseManifest:
    """`verify(signature, signed)`. Nothing is parsed before the signature was checked. Raises Unreadable."""
    return read_body(ReleaseManifest, body, CONTEXT, verify)


def read_unchecked(body: bytes) -> ReleaseManifest:
    """For the service, which need not know the key: whether the signature holds is the unit's to say. Raises
    Malformed."""
    try:
        return ReleaseManifest.model_validate_json(body[SIGNATURE_BYTES:MAX_MANIFEST_BYTES], extra="ignore")
    except ValidationError as error:
        raise Malformed(describe(error)) from error
