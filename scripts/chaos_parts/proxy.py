"""The network between units and broker, on loopback: it can be open, slow, a hole, or cut."""

import asyncio
import contextlib
import threading
from enum import StrEnum

from scripts.loopback.ports import free_port


class Weather(StrEnum):
    OPEN = "open"
    SLOW = "slow"
    """600 ms there and back."""
    HOLE = "hole"
    """Connections stay, and nothing comes through: a cable between two switches."""
    CUT = "cut"
    """Connections break, and new ones are refused."""


class Network:
    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self._to_port = to_port
        self._weather = Weather.OPEN
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def turn(self, weather: Weather) -> None:
        self._loop.call_soon_threadsafe(self._turn, weather)

    def _turn(self, weather: Weather) -> None:
        # What a hole has swallowed is gone: those connections are of no more use.
        broken = weather is Weather.CUT or self._weather is Weather.HOLE
        self._weather = weather
        if broken:
            for writer in self._writers:
                writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", self.port))
        self._loop.run_forever()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._weather is Weather.CUT:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self._weather is Weather.HOLE:
                    continue
                if self._weather is Weather.SLOW:
                    await asyncio.sleep(0.3)
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
