"""Whom this unit may know. A template is sensitive: it is sealed on disk, and goes with an opaque reference only.

Sealed: 12 random bytes, then AES-256-GCM over the template as little-endian float16; person and model are
authenticated with it, so that a row cannot be given to somebody else.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import apsw
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from numpy.typing import NDArray

from edge.store.crops import Crop, Crops, erase_crops_of
from edge.store.db import transaction, whole_number
from edge.store.erase import erase_person

log = logging.getLogger(__name__)

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Enrolled:
    """One template of one person: `template` is (dimension,) float32, `model` the digest of its embedder."""

    person: str
    template: NDArray[np.float32]
    model: str
    quality: float


class Roster:
    """`key` seals what was enrolled here; `delivered` finds the key of what the cloud delivered, if it is here."""

    def __init__(
        self, connection: apsw.Connection, key: bytes, delivered: Callable[[str], bytes | None] = lambda key_id: None
    ) -> None:
        self._connection = connection
        self._cipher = AESGCM(key)
        self._crops = Crops(connection, key)
        self._delivered = delivered

    def version(self) -> int:
        """Rises with every change."""
        return whole_number(self._connection, "SELECT version FROM roster")

    def replace(self, people: Mapping[str, Sequence[Enrolled]], crops: Sequence[Crop] = ()) -> int:
        """Give each of `people` these templates instead of those they had; the others stay. Returns the new version.

        An empty sequence takes the person off this unit. `crops` of them are kept instead of those of before.
        """
        with transaction(self._connection):
            for person, templates in people.items():
                if not templates:
                    erase_person(self._connection, person)
                self._connection.execute("DELETE FROM template WHERE person = ?", (person,))
                # What was learnt belonged to the templates of before, and so did their pictures.
                self._connection.execute("DELETE FROM learnt WHERE person = ?", (person,))
                erase_crops_of(self._connection, person)
                self._connection.executemany(
                    "INSERT INTO template (person, model, quality, sealed) VALUES (?, ?, ?, ?)",
                    ((person, one.model, one.quality, self._seal(one)) for one in templates),
                )
            self._crops.put_within(crops)
            roster_changed(self._connection)
            return self.version()

    def add_of_crop(self, crop: int, one: Enrolled) -> bool:
        """A template that `one.model` has made of a kept crop. False: its person has left or was enrolled anew, or it
        is there.

        Whoever matches by the roster is not told: see `read_again`.
        """
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO template (person, model, quality, sealed, crop) SELECT ?1, ?2, ?3, ?4, id FROM crop"
                " WHERE id = ?5 AND person = ?1"
                " AND NOT EXISTS (SELECT 1 FROM template WHERE crop = ?5 AND model = ?2)",
                (one.person, one.model, one.quality, self._seal(one), crop),
            )
            return self._connection.changes() == 1

    def read_again(self) -> None:
        """Whoever matches by the roster reads it once more."""
        with transaction(self._connection):
            roster_changed(self._connection)

    def templates(self, model: str) -> list[Enrolled]:
        """Everybody enrolled with the embedder `model`.

        A row that cannot be opened, or is no template like the others, is left out and logged.
        """
        rows = self._connection.execute(
            "SELECT person, model, quality, sealed, key_id, id FROM template WHERE model = ? ORDER BY person, id",
            (model,),
        )
        opened, damaged = [], []
        ciphers: dict[str | None, AESGCM | None] = {None: self._cipher}
        for person, model_of, quality, sealed, key_id, row in rows:
            if key_id not in ciphers:
                key = self._delivered(key_id)
                ciphers[key_id] = AESGCM(key) if key else None
            cipher = ciphers[key_id]
            try:
                if cipher is None:
                    raise InvalidTag
                plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(person, model_of))
            except (InvalidTag, ValueError):
                damaged.append(row)
                continue
            opened.append((row, Enrolled(person, _template(plain), model_of, quality)))
        if damaged:
            log.error(
                "templates left out count=%d rows=%s: damaged, or their key is not here (it comes from the cloud)",
                len(damaged), damaged[:10],
            )  # fmt: skip
        return _like_the_others(opened)

    def models(self) -> dict[str, int]:
        """How many people are enrolled with which embedder."""
        return dict(self._connection.execute("SELECT model, count(DISTINCT person) FROM template GROUP BY model"))

    def people_without(self, model: str) -> list[str]:
        """Enrolled, but with other embedders only: nobody's face is known by those."""
        rows = self._connection.execute(
            "SELECT person FROM template EXCEPT SELECT person FROM template WHERE model = ? ORDER BY person", (model,)
        )
        return [person for (person,) in rows]

    def _seal(self, one: Enrolled) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = one.template.astype("<f2").tobytes()
        return nonce + self._cipher.encrypt(nonce, plain, _bound_to(one.person, one.model))


def roster_changed(connection: apsw.Connection) -> None:
    """Within the caller's transaction: whoever matches by the roster reads it again."""
    connection.execute("UPDATE roster SET version = version + 1")


def people_known(connection: apsw.Connection) -> int:
    """How many people the unit can know; needs no key."""
    return whole_number(connection, "SELECT count(DISTINCT person) FROM template")


def _template(plain: bytes) -> NDArray[np.float32]:
    """Half a number at the end is not one: what is left then has another length than the others."""
    return np.frombuffer(plain[: len(plain) // 2 * 2], "<f2").astype(np.float32)


def _like_the_others(opened: Sequence[tuple[int, Enrolled]]) -> list[Enrolled]:
    """Those that are numbers, not all zero, and as many as most have: one bad row must not take the gallery down."""
    if not opened:
        return []
    usual = Counter(one.template.size for _, one in opened).most_common(1)[0][0]

    def is_usable(template: NDArray[np.float32]) -> bool:
        return template.size == usual and bool(template.any()) and bool(np.isfinite(template).all())

    usable = [one for _, one in opened if is_usable(one.template)]
    if len(usable) < len(opened):
        bad = [row for row, one in opened if not is_usable(one.template)]
        log.error("templates left out count=%d rows=%s: no numbers, or another count of them than the others have; "
                  "enrol these people again", len(bad), bad[:10])  # fmt: skip
    return usable


def _bound_to(person: str, model: str) -> bytes:
    return f"{person}|{model}".encode()
