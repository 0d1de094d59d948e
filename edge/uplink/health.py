"""How the unit is, as its heartbeat says it."""

import shutil
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import apsw

from edge.clock import Clock
from edge.contract import Heartbeat
from edge.hardware import machine
from edge.store import releases, vital_signs
from edge.store.outbox import Outbox
from edge.store.roster import people_known


class Health:
    def __init__(
        self, connection: apsw.Connection, outbox: Outbox, clock: Clock, *, device: str, session: UUID,
        data_dir: Path, software_dir: Path,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._outbox = outbox
        self._clock = clock
        self._device = device
        self._session = session
        self._data_dir = data_dir
        self._software_dir = software_dir

    def heartbeat(self) -> Heartbeat:
        signs = vital_signs.read(self._connection, self._clock)
        return Heartbeat(
            device=self._device,
            session=self._session,
            sent_at=self._clock.now(),
            software=releases.software_name(version("diemdanh"), releases.read(self._software_dir)),
            clock_trusted=self._clock.reading().trusted,
            uptime_s=int(self._clock.monotonic_s()),
            backlog=self._outbox.backlog(),
            camera=signs.camera,
            frames_per_s=signs.frames_per_s,
            disk_free_mb=shutil.disk_usage(self._data_dir).free // 2**20,
            cpu_temperature_c=machine.cpu_temperature_c(),
            roster_size=people_known(self._connection),
            liveness=signs.liveness,
        )
