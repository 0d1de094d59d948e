"""Face crops of enrolment, kept so that another embedder can make new templates of them. Off unless told to.

A crop is a picture of a child, and says more than a template: it is sealed with the unit's own key (12 random bytes,
then AES-256-GCM, bound to its person), no way up carries it, and it goes with its person or with the next enrolment.
"""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.errors import Unavailable
from edge.store.db import transaction, whole_number

log = logging.getLogger(__name__)

NONCE_BYTES = 12
BYTES_PER_CROP = 72 * 2**10
"""On disk at most, with everything that SQLite needs around it: what the disk's budget reckons with."""
CROPS_PER_PERSON = 3
"""So many photos a person are usual."""


@dataclass(frozen=True, slots=True)
class Crop:
    """`content` is the picture and where the face is in it, as vision/crop.py writes it."""

    person: str
    quality: float
    content: bytes
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class KeptCrop:
    id: int
    person: str
    quality: float
    content: bytes


class Crops:
    def __init__(self, connection: apsw.Connection, key: bytes) -> None:
        self._connection = connection
        self._cipher = AESGCM(key)

    def put_within(self, crops: Iterable[Crop]) -> None:
        """Within the caller's transaction, which has enrolled these people."""
        for one in crops:
            nonce = secrets.token_bytes(NONCE_BYTES)
            sealed = nonce + self._cipher.encrypt(nonce, one.content, _bound_to(one.person))
            self._connection.execute(
                "INSERT INTO crop (person, quality, kept_at, sealed) VALUES (?, ?, ?, ?)",
                (one.person, one.quality, one.kept_at.isoformat(), sealed),
            )

    def pending(self, model: str) -> list[int]:
        """Of which the embedder `model` has made no template yet, of people whom it was not told of otherwise."""
        rows: list[Any] = self._connection.execute(
            "SELECT id FROM crop WHERE NOT EXISTS (SELECT 1 FROM template WHERE template.person = crop.person"
            " AND template.model = ? AND (template.crop = crop.id OR template.crop IS NULL)) ORDER BY id",
            (model,),
        ).fetchall()
        return [number for (number,) in rows]

    def opened(self, number: int) -> KeptCrop | None:
        """None for what is not here any more, or does not open."""
        row: Any = self._connection.execute(
            "SELECT person, quality, sealed FROM crop WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            return None
        person, quality, sealed = row
        try:
            content = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(person))
        except (InvalidTag, ValueError):
            return None
        return KeptCrop(number, person, quality, content)


def erase_crops_of(connection: apsw.Connection, person: str) -> None:
    """Within the caller's transaction. What is erased is overwritten, not left in a free page."""
    connection.pragma("secure_delete", True)
    connection.execute("DELETE FROM crop WHERE person = ?", (person,))


def erase_all_crops(connection: apsw.Connection) -> None:
    """When they are no longer to be kept. A full disk keeps nobody from starting: the next start tries again."""
    if not crops_kept(connection):
        return
    try:
        with transaction(connection):
            connection.pragma("secure_delete", True)
            connection.execute("DELETE FROM crop")
        connection.pragma("wal_checkpoint(TRUNCATE)")
    except (Unavailable, apsw.Error) as error:
        log.error("kept crops not erased: %s", error)


def crops_kept(connection: apsw.Connection) -> int:
    return whole_number(connection, "SELECT count(*) FROM crop")


def room_for_crops(connection: apsw.Connection) -> int:
    """Bytes that the crops of the people known here will still take; 0 where none are kept."""
    kept = crops_kept(connection)
    wanted = CROPS_PER_PERSON * whole_number(connection, "SELECT count(DISTINCT person) FROM template")
    return max(0, wanted - kept) * BYTES_PER_CROP if kept else 0


def _bound_to(person: str) -> bytes:
    return f"crop|{person}".encode()
