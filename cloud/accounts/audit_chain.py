"""What makes a log of changes a chain: each entry's digest covers it and the digest before it. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

BEGINNING = "0" * 64
"""What the first entry of a school follows."""


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: datetime
    actor_id: UUID | None
    """None: the service itself."""
    actor: str | None
    """As pages address them today: no digest covers it."""
    action: str
    subject: str
    details: Mapping[str, str]
    previous: str
    digest: str


def digest_of(school_id: UUID, entry: Entry) -> str:
    """What `entry.digest` must be."""
    content = [
        str(school_id), entry.number, moment(entry.at), str(entry.actor_id), entry.action, entry.subject,
        dict(entry.details), entry.previous,
    ]  # fmt: skip
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def moment(at: datetime) -> str:
    """Always of the same length, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def first_wrong(school_id: UUID, entries: Iterable[Entry], *, head: tuple[int, str] | None = None) -> int | None:
    """The number of the first entry that was changed, or after which some are missing; None if the chain holds.

    `entries` are all of the school's, from the first. `head` is where the chain ends, if that is known.
    """
    number, previous = 0, BEGINNING
    for one in entries:
        if one.number != number + 1 or one.previous != previous or one.digest != digest_of(school_id, one):
            return number + 1
        number, previous = one.number, one.digest
    return None if head is None or head == (number, previous) else number + 1
