"""The school's key for Web Push (RFC 8292), as a line of base64url."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02


def new_private_key() -> str:
    return _base64url(generate_private_key(SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def public_key(private_key: str) -> str:
    """What a browser subscribes with. Raises ValueError for a private key that is none."""
    public = Vapid02.from_string(private_key).public_key
    return _base64url(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
