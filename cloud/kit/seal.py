"""Secrets at rest: AES-256-GCM under keys derived from the service's one secret, a key for each purpose.

Whoever has the database without the secret has nothing.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unsealable(Exception):
    """Not sealed under this secret for this purpose and context, or tampered with."""


class Seal:
    """Seals for one `purpose`. `context` binds what is sealed to its place: moved to another row, it does not open."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = HKDF(SHA256(), length=32, salt=None, info=f"diemdanh {purpose}".encode()).derive(secret.encode())

    def seal(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises Unsealable."""
        try:
            return AESGCM(self._key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Unsealable(
                f"{context} does not open: DIEMDANH_CLOUD_SECRET_KEY is not the one that it was sealed under"
            ) from error

    def digest(self, text: str) -> str:
        """A keyed fingerprint for a short secret, which a plain hash would not hide. Hexadecimal."""
        return hmac.digest(self._key, text.encode(), "sha256").hex()
