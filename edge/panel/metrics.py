"""Numbers for Prometheus, in its text format (version 0.0.4). No names, no persons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

import apsw

from edge.clock import Clock
from edge.contract import CameraState, LivenessState
from edge.errors import EdgeError
from edge.hardware import machine
from edge.identity.files import Identity
from edge.store import uplink_signs, vital_signs
from edge.store.budget import budget
from edge.store.crops import room_for_crops
from edge.store.outbox import Outbox
from edge.store.reserve import DiskState, Reserve, disk_state
from edge.store.roster import people_known


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    meaning: str
    value: float | None
    """None is not written: nobody knows."""


def metrics(connection: apsw.Connection, outbox: Outbox, identity: Identity, data_dir: Path, clock: Clock) -> bytes:
    lines: list[str] = []
    for metric in _metrics(connection, outbox, identity, data_dir, clock):
        if metric.value is not None:
            name = f"diemdanh_{metric.name}"
            lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} gauge", f"{name} {metric.value!r}"]
    return ("\n".join(lines) + "\n").encode()


def _metrics(
    connection: apsw.Connection, outbox: Outbox, identity: Identity, data_dir: Path, clock: Clock
) -> Iterator[Metric]:
    counts = outbox.counts()
    signs = vital_signs.read(connection, clock)
    power = machine.power()
    disk = disk_usage(data_dir)
    yield Metric("backlog_events", "Events that the cloud has not acknowledged", counts.backlog)
    yield Metric("backlog_age_seconds", "Age of the oldest of them", _age_s(counts.oldest, clock))
    yield Metric("set_aside_events", "Events that the cloud could not use", counts.set_aside)
    yield Metric("cloud_silent_seconds", "Since the cloud was heard of", uplink_signs.silent_s(connection, clock))
    yield Metric("camera_up", "1 while the camera gives pictures", float(signs.camera is CameraState.OK))
    yield Metric("frames_per_second", "Pictures looked at", signs.frames_per_s)
    running = signs.frames_per_s is not None
    yield Metric("missed_frames", "Not looked at: something newer was there", signs.missed_frames if running else None)
    yield Metric("missed_looks", "Faces not compared in time", signs.missed_looks if running else None)
    yield Metric("liveness_on", "1 while pictures held before the camera are told from people", _is_on(signs.liveness))
    yield Metric("roster_people", "Whom the unit can know", people_known(connection))
    yield Metric("clock_trusted", "1 when the wall clock is believed", float(clock.reading().trusted))
    yield Metric("disk_free_bytes", "On the data partition", disk.free)
    yield Metric(
        "disk_reserve", "1 while room is kept for events, 0 when it was given up", float(Reserve(data_dir).is_there)
    )
    days = budget(data_dir, crop_bytes=room_for_crops(connection)).days_left
    writable = disk_state(data_dir) is not DiskState.READ_ONLY
    yield Metric("disk_writable", "1, or 0 when the card has turned read-only", float(writable))
    damaged = len(list(data_dir.glob("unit.db.damaged-????????")))
    yield Metric("damaged_databases", "Set aside at a start, what could be read was saved", damaged)
    yield Metric("budget_days", "For which there is room without the cloud", days)
    yield Metric("disk_size_bytes", "Of the data partition", disk.total)
    yield Metric("cpu_temperature_celsius", "Of the processor", machine.cpu_temperature_c())
    yield Metric("undervoltage", "1 when the power supply was too weak since start", _flag(power))
    yield Metric("certificate_seconds", "Until the certificate expires", _certificate_s(identity, clock))


def _age_s(moment: datetime | None, clock: Clock) -> float:
    return max(0.0, (clock.now() - moment).total_seconds()) if moment else 0.0


def _is_on(liveness: LivenessState | None) -> float | None:
    return None if liveness is None else float(liveness in {LivenessState.WARN, LivenessState.REFUSE})


def _flag(power: machine.Power | None) -> float | None:
    return None if power is None else float(power.undervoltage_since_start)


def _certificate_s(identity: Identity, clock: Clock) -> float | None:
    if not identity.is_claimed():
        return None
    try:
        return (identity.read_certificate().not_valid_after_utc - clock.now()).total_seconds()
    except EdgeError:
        return None
