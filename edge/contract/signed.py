"""A body that is signed as a whole: the Ed25519 signature (64 bytes), then the JSON that it is over."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from edge.contract.wire import Malformed, Oversized, Wire, describe

SIGNATURE_BYTES = 64
MAX_BODY_BYTES = 64 * 1024 * 1024

WireT = TypeVar("WireT", bound=Wire)


class Forged(Malformed):
    """The signature does not fit: not from our cloud, or altered on the way."""


def sign_body(content: Wire, context: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """`context` is signed too, so that a signature made for anything else never fits."""
    encoded = content.encode()
    return sign(context + encoded) + encoded


def read_body(model: type[WireT], body: bytes, context: bytes, verify: Callable[[bytes, bytes], bool]) -> WireT:
    """`verify(signature, signed)`. Nothing is parsed before the signature was checked. Raises Unreadable."""
    if len(body) > MAX_BODY_BYTES:
        raise Oversized(f"{len(body)} bytes: more than the {MAX_BODY_BYTES} that a signed body may have")
    signature, content = body[:SIGNATURE_BYTES], body[SIGNATURE_BYTES:]
    if not verify(signature, context + content):
        raise Forged(("signature: not that of our cloud",))
    try:
        return model.model_validate_json(content, extra="ignore")
    except ValidationError as error:
        raise Malformed(describe(error)) from error
