"""When the cloud was last heard of: written by the uplink, read by the panel."""

import apsw

from edge.clock import Clock
from edge.store.db import transaction


def write(connection: apsw.Connection, way: str, clock: Clock) -> None:
    now = clock.reading()
    with transaction(connection):
        connection.execute(
            "INSERT OR REPLACE INTO uplink_signs VALUES (1, ?, ?, ?)", (str(now.boot_id), now.monotonic_ms, way)
        )


def silent_s(connection: apsw.Connection, clock: Clock) -> float | None:
    """Seconds since the cloud was heard of; None when it was not since this machine started."""
    row = connection.execute("SELECT boot_id, monotonic_ms FROM uplink_signs").fetchone()
    now = clock.reading()
    if row is None or row[0] != str(now.boot_id):
        return None
    return max(0.0, (now.monotonic_ms - int(row[1])) / 1000)
