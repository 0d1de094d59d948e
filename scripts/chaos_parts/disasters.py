"""What may happen to a town. Each kind happens once before any happens again."""

import random
import time
from collections.abc import Callable

from scripts.chaos_parts.disk import Disk
from scripts.chaos_parts.hands import to_1970
from scripts.chaos_parts.proxy import Weather
from scripts.chaos_parts.town import Service, Town

HOUR_S = 3600
DAY_S = 24 * HOUR_S


class Disasters:
    def __init__(self, town: Town, seed: int) -> None:
        self.kills = self.cuts = self.disk_fills = self.clock_jumps = 0
        self.all_happened = False
        self._town = town
        self._chance = random.Random(seed)
        self._to_come = self._shuffled()

    @property
    def kinds(self) -> tuple[Callable[[], None], ...]:
        return (
            self.kill_recogniser, self.kill_uplink, self.kill_worker, self.kill_broker,
            *([self.kill_postgres] if self._town.postgres else []),
            self.cut, self.slow, self.lose, self.split, self.half_open, self.swallow,
            *([self.fill_the_units_disk, self.fill_the_services_disk] if self._town.disks else []),
            self.turn_clocks_back, self.turn_clocks_ahead, self.turn_clocks_to_1970,
        )  # fmt: skip

    def strike(self) -> str:
        """Something happens; its name."""
        disaster = self._to_come.pop()
        disaster()
        if not self._to_come:
            self.all_happened = True
            self._to_come = self._shuffled()
        return disaster.__name__.replace("_", " ")

    def _shuffled(self) -> list[Callable[[], None]]:
        return self._chance.sample(self.kinds, k=len(self.kinds))

    def kill_recogniser(self) -> None:
        self._kill(self._chance.choice(self._town.recognisers))

    def kill_uplink(self) -> None:
        self._kill(self._chance.choice(self._town.uplinks))

    def kill_worker(self) -> None:
        self._kill(self._chance.choice(self._town.workers))

    def kill_broker(self) -> None:
        self._town.broker.kill()
        self.kills += 1
        self._pass(0, 1)
        self._town.broker.start()

    def kill_postgres(self) -> None:
        assert self._town.postgres
        if not self._town.postgres.has_ended:
            self._town.postgres.kill()
            self.kills += 1
        self._pass(0, 1)
        self._town.postgres.start()

    def cut(self) -> None:
        self._weather(Weather.CUT)

    def slow(self) -> None:
        self._weather(Weather.SLOW)

    def lose(self) -> None:
        self._weather(Weather.LOSSY)

    def split(self) -> None:
        self._weather(Weather.SPLIT)

    def half_open(self) -> None:
        self._weather(Weather.HALF_OPEN)

    def swallow(self) -> None:
        self._weather(Weather.HOLE)

    def fill_the_units_disk(self) -> None:
        self._fill(self._town.units_disk)

    def fill_the_services_disk(self) -> None:
        self._fill(self._town.service_disk)

    def turn_clocks_back(self) -> None:
        self._turn_clocks(-self._chance.randint(60, 20 * HOUR_S))

    def turn_clocks_ahead(self) -> None:
        self._turn_clocks(self._chance.randint(60, 400 * DAY_S))

    def turn_clocks_to_1970(self) -> None:
        self._turn_clocks(to_1970())

    def _kill(self, service: Service) -> None:
        service.kill()
        self.kills += 1
        service.start()

    def _weather(self, weather: Weather) -> None:
        self.cuts += 1
        self._town.network.turn(weather)
        self._pass(1, 3)
        self._town.network.turn(Weather.OPEN)

    def _fill(self, disk: Disk) -> None:
        self.disk_fills += 1
        disk.fill()
        self._pass(1, 3)
        disk.free()

    def _turn_clocks(self, seconds: int) -> None:
        self.clock_jumps += 1
        self._town.clock_off_s.set(seconds)
        self._pass(1, 2)
        self._town.clock_off_s.set(0)

    def _pass(self, at_least_s: float, at_most_s: float) -> None:
        time.sleep(self._chance.uniform(at_least_s, at_most_s))
