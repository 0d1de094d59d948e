"""Who a showing means, and whether it counts. Pure but for the store that it asks: no camera, no clock, no thread.

A forged, expired or revoked card is refused. A card is doubted, and staff are asked, when the one person before the
camera is clearly somebody else; a child who is not enrolled has no face here, and so is never doubted for it.
"""

from dataclasses import dataclass, replace
from datetime import date

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.contract import Method, Outcome
from edge.contract.cards import FutureCard, NotACard, SignedCard, read_card
from edge.hardware.readers.port import Presented
from edge.store.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    person: str | None = None
    candidates: tuple[str, ...] = ()
    """Whom staff may think of; with `refused`, whose card it was."""
    reason: str = ""
    """For the log: never who."""


def judge(presented: Presented, credentials: Credentials, today: date | None) -> Verdict | None:
    """None for a code that is none of ours: a book, a telephone, a torn line. It is nobody's passage.

    `today` is None while the unit does not know the date: then no card is too old.
    """
    if presented.text is None:
        return Verdict(Outcome.UNKNOWN, reason="nobody that the sensor knows")
    if presented.method is Method.QR:
        return _judge_card(presented.text, credentials, today)
    person = credentials.person_of(presented.method, presented.text.strip().upper())
    if person is None:
        return Verdict(Outcome.UNKNOWN, reason="given to nobody here")
    return Verdict(Outcome.IDENTIFIED, person)


Faces = tuple[frozenset[str], ...]
"""Who stands before the camera, one set a face: who it may be. Empty for whoever is not known, or not yet; two or more
for look-alikes whom only a second factor tells apart."""


def doubt(verdict: Verdict, before_the_camera: Faces) -> Verdict:
    """Only one face that is known for certain can contradict a card: in a crowd the card may be anybody's.

    A card of one of the look-alikes whom the face may be is no contradiction but the answer.
    """
    if verdict.outcome is not Outcome.IDENTIFIED or len(before_the_camera) != 1:
        return verdict
    (face,) = before_the_camera
    if not face or verdict.person in face:
        return verdict
    assert verdict.person is not None
    return replace(
        verdict,
        outcome=Outcome.ASK,
        person=None,
        candidates=(verdict.person, *sorted(face))[:5],
        reason="the face says somebody else",
    )


def _judge_card(text: str, credentials: Credentials, today: date | None) -> Verdict | None:
    try:
        shown = read_card(text)
    except NotACard:
        return None
    except FutureCard:
        return Verdict(Outcome.REFUSED, reason="a card of a newer version: update this unit")
    key = credentials.key(shown.card.key_id)
    if key is None or not _is_signed(shown, key):
        return Verdict(Outcome.REFUSED, reason="forged, or of a key that is not trusted here")
    whose = (shown.card.person,)
    if credentials.is_revoked(shown.card.serial):
        return Verdict(Outcome.REFUSED, candidates=whose, reason="revoked")
    if today is not None and today > shown.card.valid_until:
        return Verdict(Outcome.REFUSED, candidates=whose, reason="expired")
    return Verdict(Outcome.IDENTIFIED, shown.card.person)


def _is_signed(shown: SignedCard, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(shown.signature, shown.signed)
    except (InvalidSignature, ValueError):
        return False
    return True
