"""Templates learnt from what staff assigned: sealed like enrolled ones, each bound to the face that it came from.

They are no part of the roster that the cloud knows, and no way up carries them. A new enrolment of a person replaces
them, undoing an assignment removes exactly the one that came of it.
"""

import logging
import secrets

import apsw
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.store.db import transaction, whole_number
from edge.store.review import NONCE_BYTES
from edge.store.roster import Enrolled, roster_changed

log = logging.getLogger(__name__)


class Learnt:
    def __init__(self, connection: apsw.Connection, key: bytes) -> None:
        self._connection = connection
        self._cipher = AESGCM(key)

    def add(self, review: int, one: Enrolled) -> bool:
        """From the face `review`, unless its assignment was taken back meanwhile."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, one.template.astype("<f2").tobytes(), _bound_to(review, one))
        with transaction(self._connection):
            sql = "SELECT count(*) FROM review WHERE id = ? AND verdict = 'sent' AND person = ?"
            if not whole_number(self._connection, sql, (review, one.person)):
                return False
            self._connection.execute(
                "INSERT OR REPLACE INTO learnt VALUES (?, ?, ?, ?, ?)",
                (review, one.person, one.model, one.quality, sealed),
            )
            roster_changed(self._connection)
        return True

    def templates(self, model: str) -> list[Enrolled]:
        """Everything learnt with the embedder `model`; what does not open is left out."""
        rows = self._connection.execute(
            "SELECT review, person, model, quality, sealed FROM learnt WHERE model = ? ORDER BY person, review",
            (model,),
        ).fetchall()
        found = []
        for review, person, model_of, quality, sealed in rows:
            one = Enrolled(str(person), np.empty(0, np.float32), str(model_of), float(str(quality)))
            assert isinstance(sealed, bytes)
            try:
                plain = self._cipher.decrypt(
                    sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(int(str(review)), one)
                )
            except (InvalidTag, ValueError):
                log.error("learnt template left out review=%s: damaged", review)
                continue
            found.append(Enrolled(one.person, np.frombuffer(plain, "<f2").astype(np.float32), one.model, one.quality))
        return found

    def count(self, person: str) -> int:
        return whole_number(self._connection, "SELECT count(*) FROM learnt WHERE person = ?", (person,))


def _bound_to(review: int, one: Enrolled) -> bytes:
    return f"learnt|{review}|{one.person}|{one.model}".encode()
