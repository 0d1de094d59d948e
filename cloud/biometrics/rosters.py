"""What goes down to a unit: packages of sealed templates, the key to them, and what the unit says of it.

A unit's roster is sealed with that unit's own key. When somebody is erased, the unit gets a new key and everything
anew, and the old key is forgotten here: an old copy of the unit's disk then opens for nobody.
"""

import base64
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from cloud.biometrics.keyring import Keyring, open_keyring
from cloud.biometrics.queries import consent as consent_queries
from cloud.biometrics.queries import rosters as queries
from cloud.biometrics.queries.templates import Reader
from cloud.biometrics.rules import Request
from cloud.biometrics.sealing import new_key, open_sealed, seal
from cloud.biometrics.tables import RosterUnit
from cloud.biometrics.templates import Opened, open_templates
from cloud.kit.errors import Conflict, Misconfigured, NotFound
from cloud.kit.i18n import marked
from cloud.kit.ids import new_id
from cloud.settings import CloudSettings
from edge.contract import RosterAck, RosterEntry, RosterKey, RosterNotice, RosterPackage, SealedTemplate
from edge.contract.roster import bound_to, roster_digest, sign_package

log = logging.getLogger(__name__)


SHORTEST_SECRET = 32
PURPOSE = marked("roster")


@dataclass(frozen=True, slots=True)
class Rosters:
    """What a roster needs beside a transaction."""

    keyring: Keyring
    signer: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        return self.signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def open_rosters(settings: CloudSettings) -> Rosters | None:
    """None where nobody has set a secret yet: then nobody can be enrolled either. Raises Misconfigured."""
    if settings.secret_key is None:
        return None
    secret = settings.secret_key.get_secret_value()
    if len(secret) < SHORTEST_SECRET:
        raise Misconfigured(f"secret_key is shorter than {SHORTEST_SECRET} characters: `openssl rand -hex 32`")
    seed = HKDF(SHA256(), length=32, salt=None, info=b"diemdanh roster signer").derive(secret.encode())
    keyring = open_keyring(settings.keyring_url.get_secret_value(), secret)
    return Rosters(keyring, Ed25519PrivateKey.from_private_bytes(seed))


def package(
    session: Session, rosters: Rosters, device_id: str, *, have: int, key_id: UUID | None, now: datetime
) -> bytes | None:
    """The signed package that leads the unit from version `have` to the newest; None when there is nothing newer.

    Raises NotFound for a unit that is not registered, or disabled.
    """
    school_id = queries.school_of(session, device_id)
    if school_id is None:
        raise NotFound(f"no unit {device_id!r} is registered")
    version = queries.head(session, school_id)
    if have == version == 0:
        return None  # Nobody was ever enrolled here: what a unit has of its own stays.
    unit = _unit(session, rosters, school_id, device_id)
    if have > version:
        version = have + 1
        queries.raise_head(session, school_id, version)
        log.warning("roster version behind a unit's device=%s: raised to %d", device_id, version)
        have = 0
    may_know = queries.enrolled(session, school_id, unit.class_id)
    erase = queries.held(session, device_id) - may_know.keys()
    if have == version and key_id == unit.key_id and not erase:
        return None
    if erase:
        _give_new_key(rosters, school_id, unit)
    whole = have == 0 or key_id != unit.key_id
    wanted = set(may_know) if whole else queries.changed_since(session, school_id, have) & may_know.keys()
    reader = Reader(PURPOSE, device_id=device_id)
    opened = open_templates(session, rosters.keyring, school_id, wanted, reader=reader, now=now)
    entries = _entries(opened, _key_of(rosters, school_id, unit))
    queries.give(session, device_id, wanted, now)
    built = RosterPackage(
        device=device_id,
        base=0 if whole else have,
        version=version,
        key_id=unit.key_id,
        entries=entries,
        erase=tuple(sorted(str(student_id) for student_id in erase)),
        sha256=_digest(may_know),
    )
    return sign_package(built, rosters.signer.sign)


def key(session: Session, rosters: Rosters, device_id: str, key_id: UUID) -> RosterKey:
    """What opens the unit's copy. Raises NotFound for a unit that is locked out and for a key that was forgotten."""
    school_id = queries.school_of(session, device_id)
    unit = queries.unit(session, device_id)
    if school_id is None or unit is None or unit.key_id != key_id:
        raise NotFound("No such roster key: ask for the roster anew.")
    return RosterKey(
        device=device_id,
        key_id=key_id,
        key=base64.urlsafe_b64encode(_key_of(rosters, school_id, unit)),
    )


def acknowledge(session: Session, ack: RosterAck, *, now: datetime) -> None:
    """Note what the unit says that it holds. Raises Conflict when that is not what this version is."""
    school_id = queries.school_of(session, ack.device)
    unit = queries.hold_unit(session, ack.device)
    if school_id is None or unit is None:
        raise NotFound(f"no unit {ack.device!r} has a roster")
    may_know = queries.enrolled(session, school_id, unit.class_id)
    if ack.version == queries.head(session, school_id) and ack.sha256 != _digest(may_know):
        raise Conflict("The unit holds something else than this version is: ask for the roster anew, with have=0.")
    unit.acked_version, unit.acked_sha256 = ack.version, ack.sha256
    unit.acked_people, unit.acked_at = ack.people, now
    gone = _known(ack.erased, queries.held(session, ack.device))
    queries.erased(session, ack.device, gone, erased_at=ack.applied_at, now=now)
    for student_id in gone:
        if queries.pending_anywhere(session, student_id) == 0:
            consent_queries.close_requests(session, student_id, Request.WITHDRAWAL, now)


def anything_new(session: Session, device_ids: Collection[str]) -> bool:
    """Whether one of these units is to be told of a newer roster; asking writes nothing."""
    return bool(queries.to_be_noticed(session, device_ids))


def notices(session: Session, device_ids: Collection[str]) -> list[RosterNotice]:
    """Which of these units to tell by MQTT that there is something newer; each is told once a version."""
    told = []
    for unit, school_id, version in queries.to_be_noticed(session, device_ids):
        unit.noticed_version = version
        digest = _digest(queries.enrolled(session, school_id, unit.class_id))
        told.append(RosterNotice(device=unit.device_id, version=version, sha256=digest))
    return told


def assign(session: Session, rosters: Rosters, device_id: str, class_id: UUID | None) -> None:
    """A unit at a classroom door knows that class alone; None: the school. Whom it may no longer know, it erases."""
    school_id = queries.school_of(session, device_id)
    if school_id is None:
        raise NotFound(f"no unit {device_id!r} is registered")
    unit = _unit(session, rosters, school_id, device_id)
    if unit.class_id != class_id:
        unit.class_id = class_id
        queries.raise_head(session, school_id, queries.head(session, school_id) + 1)


def _unit(session: Session, rosters: Rosters, school_id: UUID, device_id: str) -> RosterUnit:
    found = queries.hold_unit(session, device_id)
    if found is None:
        found = RosterUnit(device_id=device_id, class_id=None)
        _give_new_key(rosters, school_id, found)
        queries.add_unit(session, found)
    return found


def _give_new_key(rosters: Rosters, school_id: UUID, unit: RosterUnit) -> None:
    unit.key_id = new_id()
    unit.sealed_key = seal(rosters.keyring.school_key(school_id), new_key(), bound_to=f"roster {unit.key_id}")


def _key_of(rosters: Rosters, school_id: UUID, unit: RosterUnit) -> bytes:
    return open_sealed(rosters.keyring.school_key(school_id), unit.sealed_key, bound_to=f"roster {unit.key_id}")


def _entries(opened: list[Opened], key: bytes) -> tuple[RosterEntry, ...]:
    by_person: dict[str, list[SealedTemplate]] = {}
    for one in opened:
        person = str(one.student_id)
        sealed = seal(key, one.vector, bound_to=bound_to(person, one.model).decode())
        by_person.setdefault(person, []).append(
            SealedTemplate(id=one.id, model=one.model, quality=one.quality, sealed=base64.urlsafe_b64encode(sealed))
        )
    return tuple(RosterEntry(person=person, templates=tuple(views)) for person, views in by_person.items())


def _digest(may_know: Mapping[UUID, list[UUID]]) -> str:
    return roster_digest((str(student), template) for student, templates in may_know.items() for template in templates)


def _known(persons: tuple[str, ...], among: set[UUID]) -> set[UUID]:
    """A unit's claim counts for pupils whom it was given."""
    return {student_id for student_id in among if str(student_id) in set(persons)}
