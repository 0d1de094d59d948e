"""Where passkeys belong, and what they are called. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

CHALLENGE_LIVES = timedelta(minutes=5)
"""To find the device and to touch it."""
MOST = 20
"""Passkeys of one account: one for each device."""
MAX_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is made for (the relying party): it works on no other site, however alike it looks."""

    id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """None where browsers allow no passkeys: at a bare address, or without https elsewhere than on this machine."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if not host or _is_address(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}".lower())


def name_of(typed: str, device: str) -> str:
    return (typed.strip() or device or "?")[:MAX_NAME_CHARS]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
