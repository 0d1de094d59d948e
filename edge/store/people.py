"""Names, for the greeting and the guard's lists. They are sealed like templates: a copied card holds none."""

import json
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.store.db import transaction

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class PersonCard:
    """`person` is the opaque reference that sightings carry."""

    person: str
    full_name: str
    given_name: str
    class_name: str


class People:
    def __init__(self, connection: apsw.Connection, key: bytes) -> None:
        self._connection = connection
        self._cipher = AESGCM(key)

    def replace(self, cards: Iterable[PersonCard], gone: Iterable[str] = ()) -> None:
        """Put these cards, new or instead of those that were there; take `gone` off this unit."""
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR REPLACE INTO person_card VALUES (?, ?)", ((card.person, self._seal(card)) for card in cards)
            )
            self._connection.executemany("DELETE FROM person_card WHERE person = ?", ((person,) for person in gone))

    def card(self, person: str) -> PersonCard | None:
        """None for somebody without a card, or whose card does not open."""
        row = self._connection.execute("SELECT sealed FROM person_card WHERE person = ?", (person,)).fetchone()
        return self._open(person, row[0]) if row else None

    def everybody(self) -> list[PersonCard]:
        """By class, then by given name as a Vietnamese list is read."""
        rows = self._connection.execute("SELECT person, sealed FROM person_card").fetchall()
        cards = [card for person, sealed in rows if (card := self._open(str(person), sealed))]
        return sorted(cards, key=lambda card: (card.class_name, _order(card.given_name), _order(card.full_name)))

    def _seal(self, card: PersonCard) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(asdict(card), ensure_ascii=False).encode()
        return nonce + self._cipher.encrypt(nonce, plain, f"card|{card.person}".encode())

    def _open(self, person: str, sealed: object) -> PersonCard | None:
        if not isinstance(sealed, bytes):
            return None
        try:
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"card|{person}".encode())
        except (InvalidTag, ValueError):
            return None
        return PersonCard(**json.loads(plain))


def _order(name: str) -> tuple[str, str]:
    """By the letters without their marks, then by the marks: Ánh stands at A, Đức behind Dương."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d\u0301"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)), plain
