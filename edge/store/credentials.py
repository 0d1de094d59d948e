"""Ways to be known without a face: keys of printed cards, cards that no longer count, chips and fingers' slots."""

from collections.abc import Iterable
from dataclasses import dataclass

import apsw

from edge.contract import Method
from edge.store.db import transaction

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Credential:
    method: Method
    value: str
    person: str


class Credentials:
    """Read by the recogniser at every showing: a card that is revoked fails from the next one on."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def trust(self, key_id: int, public_key: bytes) -> None:
        """Cards signed with the Ed25519 key `public_key` (32 bytes) count as those of `key_id` from now on."""
        if len(public_key) != KEY_BYTES or not 0 <= key_id <= 255:
            raise ValueError("a card key has an id of 0 to 255 and 32 bytes")
        with transaction(self._connection):
            self._connection.execute("INSERT OR REPLACE INTO card_key VALUES (?, ?)", (key_id, public_key))

    def distrust(self, key_id: int) -> None:
        """No card of this key counts any more."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM card_key WHERE id = ?", (key_id,))

    def key(self, key_id: int) -> bytes | None:
        value = self._connection.execute("SELECT public_key FROM card_key WHERE id = ?", (key_id,)).get
        return value if isinstance(value, bytes) else None

    def key_ids(self) -> list[int]:
        return [row[0] for row in self._connection.execute("SELECT id FROM card_key ORDER BY id")]

    def revoke(self, serials: Iterable[int]) -> None:
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR IGNORE INTO revoked_card VALUES (?)", ((serial,) for serial in serials)
            )

    def is_revoked(self, serial: int) -> bool:
        return self._connection.execute("SELECT 1 FROM revoked_card WHERE serial = ?", (serial,)).get is not None

    def give(self, credential: Credential) -> None:
        """From now on it means this person, and nobody else."""
        with transaction(self._connection):
            self._connection.execute(
                "INSERT OR REPLACE INTO credential VALUES (?, ?, ?)",
                (credential.method, credential.value, credential.person),
            )

    def take(self, person: str) -> int:
        """Nothing means this person any more, and the sensor is to forget their fingers. How much it was."""
        with transaction(self._connection):
            taken = sum(one.person == person for one in self.given())
            erase_fingers(self._connection, person)
            self._connection.execute("DELETE FROM credential WHERE person = ?", (person,))
        return taken

    def fingers_to_forget(self) -> list[int]:
        """Slots whose templates are still on the sensor and must not be; nobody is known by them."""
        return [int(row[0]) for row in self._connection.execute("SELECT slot FROM finger_to_forget ORDER BY slot")]

    def finger_forgotten(self, slot: int) -> None:
        with transaction(self._connection):
            self._connection.execute("DELETE FROM finger_to_forget WHERE slot = ?", (slot,))

    def person_of(self, method: Method, value: str) -> str | None:
        row = self._connection.execute(
            "SELECT person FROM credential WHERE method = ? AND value = ?", (method, value)
        ).get
        return row if isinstance(row, str) else None

    def given(self) -> list[Credential]:
        rows = self._connection.execute("SELECT method, value, person FROM credential ORDER BY method, value")
        return [Credential(Method(method), value, person) for method, value, person in rows]


def erase_fingers(connection: apsw.Connection, person: str) -> None:
    """Within the caller's transaction: no finger means this person from now on, and the sensor is to forget them.

    A finger is biometric like a face and goes with it; a card is not, and stays.
    """
    connection.execute(
        "INSERT OR IGNORE INTO finger_to_forget"
        " SELECT CAST(value AS INTEGER) FROM credential WHERE method = ? AND person = ?",
        (Method.FINGERPRINT, person),
    )
    connection.execute("DELETE FROM credential WHERE method = ? AND person = ?", (Method.FINGERPRINT, person))
