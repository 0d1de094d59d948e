"""Names, for the greeting and the guard's lists. They are sealed like templates: a copied card holds none."""

import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import apsw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.store.db import transaction, whole_number

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class PersonCard:
    """`person` is the opaque reference that sightings carry."""

    person: str
    full_name: str
    given_name: str
    class_name: str


class People:
    """`key` seals what was written here; `delivered` finds the key of what the cloud delivered, if it is here."""

    def __init__(
        self, connection: apsw.Connection, key: bytes, delivered: Callable[[str], bytes | None] = lambda key_id: None
    ) -> None:
        self._connection = connection
        self._key = key
        self._delivered = delivered

    def replace(self, cards: Iterable[PersonCard], gone: Iterable[str] = ()) -> None:
        """Put these cards, new or instead of those that were there; take `gone` off this unit."""
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR REPLACE INTO person_card (person, sealed) VALUES (?, ?)",
                ((card.person, seal_card(card, self._key)) for card in cards),
            )
            self._connection.executemany("DELETE FROM person_card WHERE person = ?", ((person,) for person in gone))

    def card(self, person: str) -> PersonCard | None:
        """None for somebody without a card, or whose card does not open."""
        row = self._connection.execute("SELECT sealed, key_id FROM person_card WHERE person = ?", (person,)).fetchone()
        return _open(person, row[0], self._key_of(row[1])) if row else None

    def everybody(self) -> list[PersonCard]:
        """By class, then by given name as a Vietnamese list is read."""
        rows = self._connection.execute("SELECT person, sealed, key_id FROM person_card").fetchall()
        keys = {key_id: self._key_of(key_id) for key_id in {row[2] for row in rows}}
        cards = [card for person, sealed, key_id in rows if (card := _open(str(person), sealed, keys[key_id]))]
        return sorted(
            cards, key=lambda card: (_grown(card.class_name), _order(card.given_name), _order(card.full_name))
        )

    def _key_of(self, key_id: object) -> bytes | None:
        return self._key if key_id is None else self._delivered(str(key_id))


def seal_card(card: PersonCard, key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = json.dumps(asdict(card), ensure_ascii=False).encode()
    return nonce + AESGCM(key).encrypt(nonce, plain, f"card|{card.person}".encode())


def people_named(connection: apsw.Connection) -> int:
    """How many the unit has a card of; needs no key."""
    return whole_number(connection, "SELECT count(*) FROM person_card")


def _open(person: str, sealed: object, key: bytes | None) -> PersonCard | None:
    if not isinstance(sealed, bytes) or key is None:
        return None
    try:
        plain = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], f"card|{person}".encode())
    except (InvalidTag, ValueError):
        return None
    return PersonCard(**json.loads(plain))


def _grown(class_name: str) -> tuple[tuple[int, int | str], ...]:
    """9A stands before 10A."""
    parts = re.split(r"(\d+)", class_name)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts if part)


def _order(name: str) -> tuple[str, str]:
    """By the letters without their marks, then by the marks: Ánh stands at A, Đức behind Dương."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d\u0301"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)), plain
