"""Codes of an authenticator app (TOTP, RFC 6238). Pure."""

import hmac
from datetime import datetime, timedelta

import pyotp

from cloud.accounts.codes import LENGTH, as_typed, new_code

ISSUER = "Điểm danh"
STEP_S = 30
DIGITS = 6
EARLIER_OR_LATER = 1
"""Steps by which a phone's clock may be wrong, or a person slow."""
RECOVERY_CODES = 10
SET_UP_WITHIN = timedelta(minutes=15)
"""A secret that was shown and not confirmed is shown no longer than this."""


def new_secret() -> str:
    """160 bits, in base32: as RFC 4226 wishes."""
    return pyotp.random_base32(32)


def address(secret: str, login: str) -> str:
    """What an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def in_groups(secret: str) -> str:
    """For whoever types it: ABCD EFGH ..."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def looks_like_a_code(typed: str) -> bool:
    return len(digits := digits_of(typed)) == DIGITS and digits.isascii() and digits.isdigit()


def digits_of(typed: str) -> str:
    """Apps show 123 456."""
    return "".join(typed.split())


def looks_like_a_recovery_code(typed: str) -> bool:
    return len(as_typed(typed)) == LENGTH


def matching_step(secret: str, typed: str, now: datetime, *, after: int) -> int | None:
    """The half minute whose code this is, if it lies after the one whose code was taken last."""
    here, typed = int(now.timestamp()) // STEP_S, digits_of(typed)
    app = pyotp.TOTP(secret)
    steps = range(here - EARLIER_OR_LATER, here + EARLIER_OR_LATER + 1)
    # All of them, and in constant time: how long it takes says nothing.
    right = [step for step in steps if hmac.compare_digest(app.generate_otp(step).encode(), typed.encode())]
    return next((step for step in right if step > after), None)


def new_recovery_codes() -> list[str]:
    return [new_code() for _ in range(RECOVERY_CODES)]
