"""Sessions and log-in names: pure decisions."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from cloud.accounts.access import Actor

STAFF_LIFETIME = timedelta(hours=12)
"""A working day: a staff room's computer is shared."""
GUARDIAN_LIFETIME = timedelta(days=90)
"""A term: a parent's phone is their own, and whoever is logged out misses what they came for."""
DEVICE_LIFETIME = timedelta(days=365)
"""A browser in which somebody has come in, since the last time: a parent's session lasts 90 days, and holidays come on
top."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly `last_seen_at` is kept: finer would write at every page."""
MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 500
"""Enough for every passphrase, and little enough to hash."""


def new_token() -> str:
    """256 random bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database holds: SHA-256 is enough for a secret that nobody could guess."""
    return sha256(token.encode()).hexdigest()


def expires_at(actor: Actor, now: datetime) -> datetime:
    return now + (STAFF_LIFETIME if actor.is_staff else GUARDIAN_LIFETIME)


def normal_login(typed: str) -> str:
    """One form of a log-in name, however it was typed: no blanks around it, small letters, Unicode NFC."""
    return unicodedata.normalize("NFC", typed.strip()).casefold()


def normal_password(typed: str) -> str:
    """One form of a password: Vietnamese keyboards type the same letter composed or decomposed (RFC 8265 wants NFC)."""
    return unicodedata.normalize("NFC", typed)


def own_path(wanted: str | None) -> str:
    """`wanted` if it is a path of this service, or the start page: a log-in link leads nowhere else."""
    if not wanted or not wanted.startswith("/") or "\\" in wanted or not wanted.isprintable():
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc or wanted.startswith("//") else wanted


def device_of(user_agent: str) -> str:
    """What a person calls it: the system and the browser, as far as the browser says so."""
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browsers = {"Zalo": "Zalo", "CocCoc": "Cốc Cốc", "coc_coc": "Cốc Cốc", "Edg/": "Edge", "Firefox/": "Firefox",
                "SamsungBrowser": "Samsung", "Chrome/": "Chrome", "CriOS": "Chrome", "Safari/": "Safari"}  # fmt: skip
    system = next((one for one in systems if one in user_agent), "")
    browser = next((name for sign, name in browsers.items() if sign in user_agent), "")
    return " · ".join(part for part in (system.replace("Macintosh", "Mac"), browser) if part) or user_agent[:40]
