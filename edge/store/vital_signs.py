"""How the recogniser is: written by it, read by the uplink for the heartbeat."""

from dataclasses import dataclass

import apsw

from edge.clock import Clock
from edge.contract import CameraState, LivenessState
from edge.store.db import transaction

FRESH_S = 15.0
"""Older signs are those of a recogniser that died."""


@dataclass(frozen=True, slots=True)
class VitalSigns:
    camera: CameraState = CameraState.NONE
    frames_per_s: float | None = None
    missed_frames: int = 0
    missed_looks: int = 0
    """Since the recogniser started: passed over because something newer was there."""
    liveness: LivenessState | None = None


def write(connection: apsw.Connection, signs: VitalSigns, clock: Clock) -> None:
    now = clock.reading()
    with transaction(connection):
        connection.execute(
            "INSERT OR REPLACE INTO vital_signs VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(now.boot_id),
                now.monotonic_ms,
                signs.camera,
                signs.frames_per_s or 0.0,
                signs.missed_frames,
                signs.missed_looks,
                signs.liveness,
            ),
        )


def read(connection: apsw.Connection, clock: Clock) -> VitalSigns:
    """The recogniser's signs, or none when it does not run."""
    row = connection.execute(
        "SELECT boot_id, monotonic_ms, camera, frames_per_s, missed_frames, missed_looks, liveness FROM vital_signs"
    ).fetchone()
    now = clock.reading()
    if row is None or row[0] != str(now.boot_id) or now.monotonic_ms - row[1] > FRESH_S * 1000:
        return VitalSigns()
    liveness = LivenessState(row[6]) if row[6] else None
    return VitalSigns(CameraState(row[2]), row[3], row[4], row[5], liveness)
