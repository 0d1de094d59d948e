"""What is a trouble of a unit, and when somebody is told of it. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cloud.devices.rules import UnitState
from cloud.school.calendar.facts import Plan
from edge.contract import CameraState

RENEWED_BEFORE = timedelta(days=30)
"""A unit renews its certificate long before this: one that has not is in trouble."""
HOT_C = 80
"""Where a Raspberry Pi begins to slow down."""
COOL_AGAIN_C = 75
LITTLE_DISK_MB = 500


class Trouble(StrEnum):
    OFFLINE = "offline"
    CAMERA = "camera"
    HOT = "hot"
    DISK = "disk"
    CLOCK = "clock"
    CERTIFICATE = "certificate"


SAID_BY_ITSELF = frozenset({Trouble.CAMERA, Trouble.HOT, Trouble.DISK, Trouble.CLOCK})
"""Known of a unit that is heard of; of one that is not, what it said last stays."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Of a unit that is not locked out and was heard of before."""

    device_id: str
    school_id: UUID
    name: str
    heartbeat_at: datetime
    will_at: datetime | None
    clock_trusted: bool | None
    camera: str | None
    disk_free_mb: int | None
    cpu_temperature_c: float | None
    certificate_until: datetime | None


def troubles_of(
    one: Condition, state: UnitState, had: Collection[Trouble], now: datetime, *, school_time: bool
) -> frozenset[Trouble]:
    """`had`: as far as is known until now. Whoever switches units off for the night has no trouble."""
    found = set()
    if one.certificate_until is not None and one.certificate_until - now < RENEWED_BEFORE:
        found.add(Trouble.CERTIFICATE)
    if state is UnitState.OFFLINE:
        if school_time or Trouble.OFFLINE in had:
            found.add(Trouble.OFFLINE)
        return frozenset(found | (SAID_BY_ITSELF & frozenset(had)))
    if one.camera == CameraState.LOST:
        found.add(Trouble.CAMERA)
    limit = COOL_AGAIN_C if Trouble.HOT in had else HOT_C
    if one.cpu_temperature_c is not None and one.cpu_temperature_c >= limit:
        found.add(Trouble.HOT)
    if one.disk_free_mb is not None and one.disk_free_mb < LITTLE_DISK_MB:
        found.add(Trouble.DISK)
    if one.clock_trusted is False:
        found.add(Trouble.CLOCK)
    return frozenset(found)


def is_school_time(plans: Iterable[Plan], now: datetime) -> bool:
    """From when the first gate opens until the last bell of the day; never on a day without school."""
    taught = [plan for plan in plans if plan.half_days]
    if not taught:
        return False
    begins = min(plan.gate_opens_at or plan.half_days[0].starts_at for plan in taught)
    return begins <= now <= max(plan.half_days[-1].ends_at for plan in taught)
