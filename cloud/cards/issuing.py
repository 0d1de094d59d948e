"""Cards issued, signed with the school's own key."""

from datetime import date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from cloud.accounts import audit_queries as audit
from cloud.biometrics.keyring import Keyring
from cloud.biometrics.sealing import open_sealed, seal
from cloud.cards import queries
from cloud.cards.queries import Bearer
from cloud.cards.rules import valid_until
from cloud.cards.tables import CardKey, IssuedCard
from cloud.kit.clock import school_time
from cloud.kit.errors import Conflict, Invalid, NotFound
from cloud.people.queries import person_ref
from edge.contract.cards import Card, print_card

LAST_NUMBER = 255


def make_key(session: Session, keyring: Keyring, school_id: UUID, now: datetime) -> CardKey:
    """The next key; cards are signed with it from now on. Raises Conflict when there have been 255."""
    number = queries.next_number(session, school_id)
    if number > LAST_NUMBER:
        raise Conflict(f"There have been {LAST_NUMBER} keys: a card has no room for another number.")
    private = Ed25519PrivateKey.generate()
    sealed = seal(keyring.school_key(school_id), private.private_bytes_raw(), bound_to=_bound_to(school_id, number))
    key = CardKey(
        school_id=school_id,
        number=number,
        public_key=private.public_key().public_bytes_raw(),
        sealed_key=sealed,
        made_at=now,
    )
    queries.add_key(session, key)
    return key


def renew_key(session: Session, keyring: Keyring, school_id: UUID, *, by: UUID, now: datetime) -> CardKey:
    """By somebody's hand; raises as `make_key` does."""
    key = make_key(session, keyring, school_id, now)
    audit.note(session, school_id, by, "card_key.made", school_id, {"number": str(key.number)}, now=now)
    return key


def retire_key(session: Session, school_id: UUID, number: int, *, by: UUID, now: datetime) -> None:
    """No card of it counts any more: its secret is no longer one, say. Raises NotFound."""
    if not queries.retire_key(session, school_id, number, now):
        raise NotFound("No such key that still counts.")
    audit.note(session, school_id, by, "card_key.retired", school_id, {"number": str(number)}, now=now)


def issue(
    session: Session, keyring: Keyring, holder: Bearer, *, by: UUID, now: datetime, until: date | None = None
) -> tuple[IssuedCard, str]:
    """A new card and the text for its QR code; earlier cards go on to count. Raises Invalid for a day gone by."""
    today = school_time(now).date()
    last_day = until or valid_until(today)
    if last_day < today:
        raise Invalid(f"valid_until: {last_day} has gone by")
    keys = queries.live_keys(session, holder.school_id)
    key = keys[-1] if keys else make_key(session, keyring, holder.school_id, now)
    card = IssuedCard(
        school_id=holder.school_id,
        student_id=None if holder.is_staff else holder.id,
        staff_id=holder.id if holder.is_staff else None,
        key_number=key.number,
        valid_until=last_day,
        issued_at=now,
        issued_by=by,
    )
    queries.add_card(session, card)
    return card, text_of(keyring, card, key)


def reissue(session: Session, keyring: Keyring, holder: Bearer, *, by: UUID, now: datetime) -> None:
    """A card in place of all that they had: a lost one is worth nothing wherever a unit has heard of it."""
    queries.revoke_all(session, holder, by, now)
    card, _ = issue(session, keyring, holder, by=by, now=now)
    audit.note(session, holder.school_id, by, "card.reissued", holder.id, {"serial": str(card.serial)}, now=now)


def revoke(session: Session, holder: Bearer, *, by: UUID, now: datetime) -> None:
    """All that they had, with none in their place."""
    queries.revoke_all(session, holder, by, now)
    audit.note(session, holder.school_id, by, "card.revoked", holder.id, now=now)


def text_of(keyring: Keyring, card: IssuedCard, key: CardKey) -> str:
    """What stands in the card's QR code; the same at every printing."""
    raw = open_sealed(
        keyring.school_key(card.school_id), key.sealed_key, bound_to=_bound_to(card.school_id, key.number)
    )
    signed = Card(card.key_number, card.serial, card.valid_until, person_ref(card.holder_id))
    return print_card(signed, Ed25519PrivateKey.from_private_bytes(raw).sign)


def _bound_to(school_id: UUID, number: int) -> str:
    return f"card key {school_id} {number}"
