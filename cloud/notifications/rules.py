"""Who is told what and when; when a message is tried again, and when it has grown too old."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from cloud.kit.outbox import retry_after
from cloud.notifications.transport import Channel

STILL_NEWS = timedelta(hours=12)
"""An arrival that becomes known later than this is shown, and nobody is woken for it."""


LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_news(happened_at: datetime, now: datetime) -> bool:
    return now - happened_at <= STILL_NEWS


def dedupe_key(
    kind: str, student_id: UUID | None, day: date, reader_id: UUID, channel: Channel, corrected_to: datetime | None
) -> str:
    """One message for each occasion, reader and channel; each correction is an occasion of its own."""
    occasion = f"{kind}:{corrected_to.isoformat()}" if corrected_to else kind
    pupil = student_id.hex if student_id else "-"
    return f"{occasion}:{day.isoformat()}:{pupil}:{reader_id.hex}:{channel}"


def next_attempt_at(
    attempts: int, happened_at: datetime, now: datetime, not_before: datetime | None = None
) -> datetime | None:
    """When to try again after a failure that may pass; None when it would be no news by then."""
    again = max(now + retry_after(attempts), not_before or now)
    return again if is_news(happened_at, again) else None


def is_acceptable_endpoint(endpoint: str, *, allow_loopback: bool) -> bool:
    """Whether we would post there on a stranger's word: public https; in a trial on one machine, loopback too."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        return False
    if host in LOOPBACK:
        return allow_loopback and parts.scheme in {"http", "https"}
    by_name = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    return parts.scheme == "https" and by_name and not host.endswith((".local", ".internal", ".localhost"))
