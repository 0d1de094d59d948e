"""Simulated units, and what happens in the cloud meanwhile."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np

from cloud.biometrics import rosters
from cloud.biometrics.queries import rosters as queries
from cloud.biometrics.rosters import Rosters
from cloud.biometrics.rules import Answer
from cloud.biometrics.templates import View, enrol
from cloud.kit.db import Database
from cloud.kit.errors import Conflict
from edge.clock import SystemClock
from edge.contract import RosterAck
from edge.store.db import connect
from edge.store.delivered import DeliveredRoster
from edge.store.delivered_keys import DeliveredKeys
from edge.store.roster import Enrolled, Roster
from edge.uplink.receive import Delivery, RosterClient, RosterDownlink
from tests.cloud.biometrics.family import NOW, SMALL, STAFF, Family, add_child, say

MODEL = "55533b28"
VECTORS = np.random.default_rng(3).normal(size=(9, 128)).astype("<f2")


@dataclass
class Cloud:
    """In place of HTTP: what the endpoints do, in transactions of their own."""

    database: Database
    rosters: Rosters
    device: str = "gate-1"
    bodies: tuple[bytes, ...] = ()

    def fetch(self, *, have: int, key_id: str | None) -> Delivery | None:
        with self.database.writing() as session:
            known = UUID(key_id) if key_id else None
            body = rosters.package(session, self.rosters, self.device, have=have, key_id=known, now=NOW)
        if body is None:
            return None
        self.bodies += (body,)
        return Delivery(body, self.rosters.public_key)

    def key(self, key_id: str) -> bytes:
        with self.database.reading() as session:
            return rosters.key(session, self.rosters, self.device, UUID(key_id)).key

    def acknowledge(self, ack: RosterAck) -> bool:
        try:
            with self.database.writing() as session:
                rosters.acknowledge(session, ack, now=NOW)
        except Conflict:
            return False
        return True


class Unit:
    """A unit's store and downlink in a folder."""

    def __init__(self, cloud: Cloud | RosterClient, folder: Path, device: str = "gate-1") -> None:
        self.folder = folder
        self.connection = connect(folder)
        self.keys = DeliveredKeys(folder / "keys")
        self.delivered = DeliveredRoster(self.connection)
        self.downlink = RosterDownlink(cloud, self.delivered, self.keys, device, SystemClock())  # type: ignore[arg-type]

    def look(self) -> bool:
        return self.downlink.bring_up_to_date()

    def knows(self) -> set[str]:
        return {one.person for one in self.roster(MODEL)}

    def roster(self, model: str) -> list[Enrolled]:
        return list(Roster(self.connection, bytes(32), self.keys.get).templates(model))


def enrolled(cloud: Cloud, family: Family, vector: int = 0) -> str:
    with cloud.database.writing() as session:
        say(session, family, Answer.GRANTED, who=family.mother)
        view = View(MODEL, 0.9, VECTORS[vector].tobytes())
        enrol(session, cloud.rosters.keyring, family.child, [view], made_by=STAFF, now=NOW)
    return str(family.child)


def second_child(cloud: Cloud, family: Family) -> Family:
    with cloud.database.writing() as session:
        return add_child(session, family.school_id, family.class_id, family.mother_user, birth_date=SMALL, name="Minh")


def withdraw(cloud: Cloud, family: Family) -> None:
    with cloud.database.writing() as session:
        say(session, family, Answer.WITHDRAWN, who=family.mother)


def pending(cloud: Cloud, family: Family) -> dict[str, bool]:
    with cloud.database.reading() as session:
        copies = queries.copies_of(session, family.child)
    return {device: holding.erased_at is None for device, _, holding in copies}
