"""One process of simulated units: `python -m scripts.province_parts.units FILE PORT`.

Each unit has an MQTT connection of its own and does what the uplink does: whatever is due goes in one batch, the next
one when that was acknowledged, and again what was not, when the uplink's own rule says so. MQTT 3.1.1 is written here
by hand: a client library for each of a thousand units would be what is measured. Says when all are connected, begins
at the moment that is written to it, and prints at the end what was sent and acknowledged, as JSON.
"""

import asyncio
import json
import pickle
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from edge.contract import MAX_BATCH, topics
from edge.settings import EdgeSettings
from edge.uplink.publish import LINGER_S
from edge.uplink.window import Window
from scripts.province_parts.morning import Coming

ACK_TIMEOUT_S: float = EdgeSettings.model_fields["ack_timeout_s"].default
GIVE_UP_S = 900.0
"""After the last one was due."""


class Unit(asyncio.Protocol):
    def __init__(self, device: str, coming: list[Coming]) -> None:
        self._device, self._coming = device, coming
        self.began = 0.0
        self._boot, self._session = uuid4(), uuid4()
        self._topic = topics.events(device).encode()
        self._at = 0
        self._upto = 0
        """Under way: those from `_at` on, up to this one."""
        self._window = Window(ACK_TIMEOUT_S)
        self._last_id = 0
        self._buffer = b""
        self.sends = 0
        self.ready = asyncio.get_running_loop().create_future()
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        name = self._device.encode()
        self._write(0x10, b"\x00\x04MQTT\x04\x02" + struct.pack("!HH", 600, len(name)) + name)

    def connection_lost(self, error: Exception | None) -> None:
        for future in (self.ready, self.done):
            if not future.done():
                future.set_exception(ConnectionError(f"{self._device}: {error}"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 2:
            size, shift, at = 0, 0, 1
            while True:
                if at >= len(self._buffer):
                    return
                byte = self._buffer[at]
                size |= (byte & 127) << shift
                at, shift = at + 1, shift + 7
                if byte < 128:
                    break
            if len(self._buffer) < at + size:
                return
            kind, body, self._buffer = self._buffer[0] >> 4, self._buffer[at : at + size], self._buffer[at + size :]
            self._packet(kind, body)

    def tick(self, now: float) -> None:
        """Called now and then: send what is due."""
        if self._upto > self._at:
            for overdue in self._window.take_overdue(now):
                self._send(now, overdue.repeats + 1)
            return
        upto, elapsed = self._at, now - self.began
        while upto < len(self._coming) and upto - self._at < MAX_BATCH and self._coming[upto].due_s <= elapsed:
            upto += 1
        if upto > self._at and (upto - self._at == MAX_BATCH or elapsed - self._coming[self._at].due_s >= LINGER_S):
            self._upto = upto
            self._send(now)

    def _packet(self, kind: int, body: bytes) -> None:
        if kind == 2:
            topic = topics.ack(self._device).encode()
            self._write(0x82, struct.pack("!HH", 1, len(topic)) + topic + b"\x01")
        elif kind == 9:
            self.ready.set_result(None)
        elif kind == 3:
            begins = 2 + struct.unpack_from("!H", body)[0]
            self._write(0x40, body[begins : begins + 2])
            stored = json.loads(body[begins + 2 :])["stored"]
            self._window.acknowledged(stored, time.time())
            if self._upto > self._at and not len(self._window):
                self._at = self._upto
                if self._at == len(self._coming) and not self.done.done():
                    self.done.set_result(None)

    @property
    def acknowledged(self) -> int:
        return self._at

    def _send(self, now: float, repeats: int = 0) -> None:
        events = ",".join(self._event(number) for number in range(self._at, self._upto))
        sent_at = datetime.now(UTC).isoformat()
        payload = (
            f'{{"v":1,"device":"{self._device}","session":"{self._session}","sent_at":"{sent_at}","events":[{events}]}}'
        ).encode()
        self._last_id = self._last_id % 65535 + 1
        head = struct.pack("!H", len(self._topic)) + self._topic + struct.pack("!H", self._last_id)
        self._window.sent(range(self._at + 1, self._upto + 1), now, repeats)
        self.sends += self._upto - self._at
        self._write(0x32, head + payload)

    def _event(self, number: int) -> str:
        """Captured when it was due; the same again when it is sent again."""
        coming = self._coming[number]
        captured_at = datetime.fromtimestamp(self.began + coming.due_s, UTC).isoformat()
        return (
            f'{{"seq":{number + 1},"captured_at":"{captured_at}","clock":{{"boot_id":"{self._boot}",'
            f'"monotonic_ms":{int(coming.due_s * 1000)},"trusted":true}},"outcome":"identified","method":"face",'
            f'"person":"{coming.pupil}","distance":0.41,"margin":0.22,"quality":0.83,"model":"55533b28"}}'
        )

    def _write(self, first: int, body: bytes) -> None:
        size, left = b"", len(body)
        while True:
            left, byte = left >> 7, left & 127
            size += bytes([byte | (128 if left else 0)])
            if not left:
                break
        self._transport.write(bytes([first]) + size + body)


async def run(gates: dict[str, list[Coming]], port: int) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    units: list[Unit] = []
    for device, coming in gates.items():
        _, unit = await loop.create_connection(lambda d=device, c=coming: Unit(d, c), "127.0.0.1", port)  # type: ignore[misc]
        await unit.ready
        units.append(unit)
    print(len(units), flush=True)
    start_at = float(await loop.run_in_executor(None, sys.stdin.readline))
    for unit in units:
        unit.began = start_at
    busy = [unit for unit, coming in zip(units, gates.values(), strict=True) if coming]
    last_due_s = max((coming[-1].due_s for coming in gates.values() if coming), default=0.0)
    while busy and time.time() < start_at + last_due_s + GIVE_UP_S:
        now = time.time()
        for unit in busy:
            unit.tick(now)
        busy = [unit for unit in busy if not unit.done.done()]
        await asyncio.sleep(0.02)
    took_s = time.time() - start_at
    return {
        "sends": sum(unit.sends for unit in units),
        "acknowledged": sum(unit.acknowledged for unit in units),
        "took_s": took_s,
    }


def main() -> int:
    file, port = sys.argv[1:]
    gates: dict[str, list[Coming]] = pickle.loads(Path(file).read_bytes())
    print(json.dumps(asyncio.run(run(gates, int(port)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
