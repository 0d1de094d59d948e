"""Invitations: how long one lives, and what the database holds of it. Pure. Codes are in accounts/codes.py."""

from datetime import timedelta
from hashlib import sha256

LIFE = timedelta(days=30)
"""A letter that a child carries home is opened some day of the month."""


def code_hash(code: str) -> str:
    return sha256(code.encode()).hexdigest()
