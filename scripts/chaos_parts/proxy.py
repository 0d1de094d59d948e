"""The network between units and broker, on loopback: a TCP proxy that can be slow, lossy, halved, a hole, or cut."""

import asyncio
import contextlib
import random
import threading
from enum import StrEnum
from itertools import count

from scripts.loopback.ports import free_port

ONE_WAY_S = 0.3
LOSS = 0.02
SENT_AGAIN_S = 1.0
"""A lost packet is a late one under TCP: RFC 6298, section 2.1, the first retransmission timer."""


class Weather(StrEnum):
    OPEN = "open"
    SLOW = "slow"
    """600 ms there and back, and 2 of 100 pieces are lost: they, and what follows, come a second later."""
    LOSSY = "lossy"
    """2 of 100 pieces break the connection they were on, half of each lost."""
    SPLIT = "split"
    """One half of the units is cut off, the other is not."""
    HALF_OPEN = "half open"
    """What units send arrives, and nothing comes back."""
    HOLE = "hole"
    """Connections stay, and nothing comes through: a cable between two switches."""
    CUT = "cut"
    """Connections break, and new ones are refused."""


SWALLOWS = (Weather.HOLE, Weather.HALF_OPEN)


class Network:
    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self._to_port = to_port
        self._weather = Weather.OPEN
        self._numbers = count()
        self._writers: dict[asyncio.StreamWriter, int] = {}
        """Each with the number of its connection."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def turn(self, weather: Weather) -> None:
        self._loop.call_soon_threadsafe(self._turn, weather)

    def _turn(self, weather: Weather) -> None:
        # What a hole has swallowed is gone: those connections are of no more use.
        all_broken = self._weather in SWALLOWS
        self._weather = weather
        for writer, number in self._writers.items():
            if all_broken or self._refuses(number):
                writer.transport.abort()

    def _refuses(self, number: int) -> bool:
        return self._weather is Weather.CUT or (self._weather is Weather.SPLIT and number % 2 == 0)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", self.port))
        self._loop.run_forever()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(self._numbers)
        if self._refuses(number):
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer: number, far_writer: number}
        await asyncio.gather(self._pump(reader, far_writer, up=True), self._pump(far_reader, writer, up=False))
        del self._writers[writer], self._writers[far_writer]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self._weather is Weather.HOLE or (self._weather is Weather.HALF_OPEN and not up):
                    continue
                if self._weather is Weather.SLOW:
                    await asyncio.sleep(ONE_WAY_S + (SENT_AGAIN_S if random.random() < LOSS else 0.0))
                if self._weather is Weather.LOSSY and random.random() < LOSS:
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                    break
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
