"""A unit's briefing packed for it: what has changed, sealed with the unit's own key, signed; and what it answers.

When somebody is no longer to be named on a unit, the unit gets a new key and everything anew, and the old key is
forgotten here: an old copy of the unit's disk then names nobody.
"""

import base64
import logging
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.biometrics.rosters import Rosters
from cloud.biometrics.sealing import new_key, open_sealed, seal
from cloud.briefings import queries
from cloud.briefings.composing import Scope, compose, persons_in
from cloud.briefings.tables import BriefingPart, BriefingUnit
from cloud.kit.clock import school_day
from cloud.kit.errors import Conflict, NotFound
from cloud.kit.ids import new_id
from edge.contract import BriefingAck, BriefingKey, BriefingNotice, BriefingPackage, Wire
from edge.contract.briefing import Part, briefing_digest, sealed_for, sign_briefing

log = logging.getLogger(__name__)


def package(
    session: Session,
    rosters: Rosters,
    device_id: str,
    *,
    have: int,
    holds: str | None,
    key_id: UUID | None,
    now: datetime,
) -> bytes | None:
    """The signed package that leads the unit from version `have` to the newest; None when there is nothing newer.

    `holds` is the digest of what it has: after a back-up was restored here, one number may have meant two things.

    Raises NotFound for a unit that is not registered, or locked out.
    """
    school_id = _school(session, device_id)
    unit, contents = _brought_up_to_date(session, rosters, school_id, device_id, now)
    parts = queries.parts(session, device_id)
    if have > unit.version or (have == unit.version and holds not in (None, _digest(session, device_id))):
        log.warning("briefing version behind a unit's device=%s: raised to %d", device_id, have + 1)
        unit.version, have = have + 1, 0
    erase = queries.to_erase(session, device_id)
    if have == unit.version and key_id == unit.key_id and not erase:
        return None
    whole = have == 0 or key_id != unit.key_id
    contents = contents or _encoded(compose(session, _scope(session, school_id, device_id, now)))
    key = _key_of(rosters, school_id, unit)
    built = BriefingPackage(
        device=device_id,
        version=unit.version,
        key_id=unit.key_id,
        parts=tuple(
            Part(
                name=name,
                sha256=row.sha256,
                sealed=_sealed(key, device_id, row, contents[name]) if whole or row.version > have else None,
            )
            for name, row in sorted(parts.items())
        ),
        erase=tuple(erase),
    )
    return sign_briefing(built, rosters.signer.sign)


def key(session: Session, rosters: Rosters, device_id: str, key_id: UUID) -> BriefingKey:
    """Raises NotFound for a unit that is locked out and for a key that was forgotten."""
    school_id, unit = _school(session, device_id), queries.unit(session, device_id)
    if unit is None or unit.key_id != key_id:
        raise NotFound("No such briefing key: ask for the briefing anew.")
    encoded = base64.urlsafe_b64encode(_key_of(rosters, school_id, unit))
    return BriefingKey(device=device_id, key_id=key_id, key=encoded)


def acknowledge(session: Session, ack: BriefingAck, *, now: datetime) -> None:
    """Note what the unit says that it holds. Raises Conflict when that is not what this version is."""
    unit = queries.hold_unit(session, ack.device)
    if unit is None:
        raise NotFound(f"no unit {ack.device!r} has a briefing")
    if ack.version == unit.version and ack.sha256 != _digest(session, ack.device):
        raise Conflict("The unit holds something else than this version is: ask for the briefing anew, with have=0.")
    unit.acked_version, unit.acked_people, unit.acked_at = ack.version, ack.people, now
    unit.refused = list(ack.refused)
    queries.erased(session, ack.device, ack.erased, ack.applied_at)


def may_be_news(session: Session, device_ids: Collection[str], now: datetime) -> bool:
    """Asking writes nothing."""
    return bool(queries.stale(session, device_ids, school_day(now)))


def notices(session: Session, rosters: Rosters, device_ids: Collection[str], now: datetime) -> list[BriefingNotice]:
    """Which of these units to tell by MQTT that there is something newer; each is told once a version."""
    told = []
    for device_id in queries.stale(session, device_ids, school_day(now)):
        unit, _ = _brought_up_to_date(session, rosters, _school(session, device_id), device_id, now)
        if unit.noticed_version < unit.version and unit.acked_version < unit.version:
            unit.noticed_version = unit.version
            digest = _digest(session, device_id)
            told.append(BriefingNotice(device=device_id, version=unit.version, sha256=digest))
    return told


def _brought_up_to_date(
    session: Session, rosters: Rosters, school_id: UUID, device_id: str, now: datetime
) -> tuple[BriefingUnit, dict[str, bytes]]:
    """The unit's row, and the contents if they had to be put together; empty when nothing can have changed."""
    unit = queries.hold_unit(session, device_id)
    if unit is None:
        unit = BriefingUnit(device_id=device_id, version=0, composed_at_change=-1, acked_version=0, noticed_version=0,
                            refused=[])  # fmt: skip
        _give_new_key(rosters, school_id, unit)
        queries.add_unit(session, unit)
    today, changes = school_day(now), queries.changes(session, school_id)
    if unit.composed_on == today and unit.composed_at_change == changes:
        return unit, {}
    composed = compose(session, _scope(session, school_id, device_id, now))
    contents = _encoded(composed)
    persons = persons_in(composed.values())
    gone = queries.held(session, device_id) - persons
    if gone:
        queries.want_gone(session, device_id, gone, now)
        _give_new_key(rosters, school_id, unit)
    queries.give(session, device_id, persons, now)
    if _note(session, unit, contents) or gone:
        unit.version += 1
    unit.composed_on, unit.composed_at_change = today, changes
    return unit, contents


def _note(session: Session, unit: BriefingUnit, contents: dict[str, bytes]) -> bool:
    """Which parts have changed, and that they have with the version that is about to be. Whether any has."""
    here, digests = queries.parts(session, unit.device_id), {name: _sha(one) for name, one in contents.items()}
    dropped = here.keys() - contents.keys()
    queries.drop_parts(session, unit.device_id, dropped)
    changed = [name for name, digest in digests.items() if name not in here or here[name].sha256 != digest]
    for name in changed:
        if name in here:
            here[name].sha256, here[name].version = digests[name], unit.version + 1
        else:
            row = BriefingPart(
                device_id=unit.device_id, name=name, sha256=digests[name], version=unit.version + 1
            )  # fmt: skip
            queries.add_part(session, row)
    return bool(changed or dropped) or unit.version == 0


def _school(session: Session, device_id: str) -> UUID:
    school_id = queries.school_of(session, device_id)
    if school_id is None:
        raise NotFound(f"no unit {device_id!r} is registered")
    return school_id


def _scope(session: Session, school_id: UUID, device_id: str, now: datetime) -> Scope:
    return Scope(device_id, school_id, queries.class_of(session, device_id), school_day(now))


def _encoded(parts: dict[str, Wire]) -> dict[str, bytes]:
    return {name: part.encode() for name, part in parts.items()}


def _sealed(key: bytes, device_id: str, row: BriefingPart, content: bytes) -> bytes:
    return base64.urlsafe_b64encode(seal(key, content, bound_to=sealed_for(device_id, row.name, row.sha256)))


def _digest(session: Session, device_id: str) -> str:
    return briefing_digest((row.name, row.sha256) for row in queries.parts(session, device_id).values())


def _sha(content: bytes) -> str:
    return sha256(content).hexdigest()


def _give_new_key(rosters: Rosters, school_id: UUID, unit: BriefingUnit) -> None:
    unit.key_id = new_id()
    sealing = rosters.keyring.school_key(school_id)
    unit.sealed_key = seal(sealing, new_key(), bound_to=f"briefing {unit.key_id}")


def _key_of(rosters: Rosters, school_id: UUID, unit: BriefingUnit) -> bytes:
    sealing = rosters.keyring.school_key(school_id)
    return open_sealed(sealing, unit.sealed_key, bound_to=f"briefing {unit.key_id}")
