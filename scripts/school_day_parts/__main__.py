"""24 hours, step by step: cameras see what the script says, everything else is the real thing."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from cloud import migrations
from cloud.kit.db import open_database
from cloud.people.queries import person_ref
from edge.contract import Outcome, Sighting
from edge.store.db import connect
from edge.store.outbox import Outbox
from scripts.chaos_parts.hands import SharedNumber
from scripts.chaos_parts.host import SENT
from scripts.chaos_parts.oracle import stored
from scripts.chaos_parts.proxy import Network, Weather
from scripts.loopback.mosquitto import Mosquitto
from scripts.loopback.waiting import eventually
from scripts.school_day_parts import roll
from scripts.school_day_parts.day_clock import BEGINS, LONG, DayClock, UnitClock, reading_at
from scripts.school_day_parts.footprint import Footprint, footprint, growth
from scripts.school_day_parts.school import OurSchool, found, grant_leave
from scripts.school_day_parts.script import (
    OUTAGES,
    RESET,
    Kind,
    Seen,
    at,
    in_order,
    kinds,
    pupils_day,
    staffs_day,
    strangers,
)

UNITS_A_PROCESS = 15
MOST_GROWTH_MB = 12.0
MOST_NEW_FILES = 3
LAST_WAIT_S = 60.0
SCHOOL_IS_AHEAD = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class Verdict:
    pupils: int
    units: int
    events: int
    stored: int
    half_days: int
    wrong: int
    """Half-days that the register has otherwise than they were."""
    told_wrongly: int
    """Parents who were told of an absence that was none."""
    disagreements: int
    staff_wrong: int
    sends_per_event: float
    outages: int
    clock_resets: int
    took_s: float
    growth: dict[str, Footprint]
    """From the middle of the day to its end."""

    @property
    def holds(self) -> bool:
        flat = all(one.resident_mb <= MOST_GROWTH_MB and one.files <= MOST_NEW_FILES for one in self.growth.values())
        faults = self.wrong + self.told_wrongly + self.disagreements + self.staff_wrong
        return flat and faults == 0 and self.stored == self.events


def main() -> int:
    parser = argparse.ArgumentParser("scripts/school-day")
    parser.add_argument("--short", action="store_true", help="one gate and three classes, as in the tests")
    parser.add_argument("--seed", type=int, default=826)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="diemdanh-day-") as name:
        day = Day(Path(name), classes=3 if args.short else None, gates=1 if args.short else 2, seed=args.seed)
        try:
            verdict = day.live(step_factor=10 if args.short else 1)
        finally:
            day.close()
    print(json.dumps(asdict(verdict)))
    return 0 if verdict.holds else 1


class Day:
    def __init__(self, folder: Path, *, classes: int | None, gates: int, seed: int) -> None:
        chance = Random(seed)
        self._begun = time.monotonic()
        self._folder = folder
        self._clock = DayClock(folder)
        self._clock.begin()
        url = f"sqlite:///{folder}/cloud.sqlite3"
        self._database = open_database(url)
        migrations.upgrade(self._database)
        self._school: OurSchool = found(self._database, classes=classes, gates=gates)
        gate_names = self._school.gates
        doors = self._school.doors
        self._truth = {
            pupil: pupils_day(kind, pupil, gate_names, door, chance)
            for (pupil, door), kind in zip(doors.items(), kinds(len(doors), chance), strict=True)
        }
        self._staff = {person: staffs_day(person, gate_names, chance) for person in self._school.staff}
        excused = (Kind.EXCUSED, Kind.EXCUSED_AND_CAME)
        grant_leave(self._database, self._school, (one for one, day in self._truth.items() if day.kind in excused))
        self._seen = in_order(
            [seen for day in self._truth.values() for seen in day.seen]
            + [seen for both in self._staff.values() for seen in both]
            + list(strangers(len(self._truth) // 20, gate_names, chance))
        )
        self._outboxes = {
            unit: Outbox(connect(folder / unit), UnitClock(unit, self._clock, RESET)) for unit in self._school.units
        }
        self._broker = Mosquitto(folder)
        self._broker.start()
        self._network = Network(self._broker.port)
        self._network.start()
        self._log = (folder / "log").open("ab")
        environment = {"DIEMDANH_CLOUD_DATABASE_URL": url, "DIEMDANH_CLOUD_BROKER_URL": self._broker.url}
        self._processes = {"worker": self._start("service", str(folder), environment=environment)}
        units = self._school.units
        for number, begin in enumerate(range(0, len(units), UNITS_A_PROCESS), start=1):
            share = units[begin : begin + UNITS_A_PROCESS]
            self._processes[f"uplinks {number}"] = self._start("units", str(folder), str(self._network.port), *share)
        self._hourly: dict[str, list[Footprint]] = {name: [] for name in self._processes}

    def live(self, *, step_factor: int) -> Verdict:
        to_come = iter(self._seen)
        following = next(to_come, None)
        down = False
        for moment in _steps(step_factor):
            self._clock.put_forward(moment)
            was_down, down = down, any(begins <= moment < ends for begins, ends in OUTAGES)
            if down != was_down:
                self._turn(moment, down=down)
            while following and following.at <= moment:
                self._record(following)
                following = next(to_come, None)
            if down:
                time.sleep(0.1)
            else:
                eventually(lambda moment=moment: self._settled(moment), within_s=120, saying=f"nothing moves {moment}")
            if moment.minute == 0 and not down:
                for name, process in self._processes.items():
                    self._hourly[name].append(footprint(process.pid))
        assert following is None
        # The night's check has been; whatever it is now, that is what the register says.
        begun = time.monotonic()
        while roll.wrong(self._database, self._school, self._truth) and time.monotonic() - begun < LAST_WAIT_S:
            time.sleep(1)
        return self._verdict(step_factor)

    def close(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self._log.close()
        self._database.close()
        self._broker.stop()

    def _verdict(self, step_factor: int) -> Verdict:
        wrong = roll.wrong(self._database, self._school, self._truth)
        for complaint in wrong[:20]:
            print(complaint, file=sys.stderr)
        sent = sum(SharedNumber(self._folder / unit / SENT).get() for unit in self._school.units)
        return Verdict(
            pupils=len(self._truth),
            units=len(self._outboxes),
            events=len(self._seen),
            stored=stored(self._database),
            half_days=2 * len(self._truth),
            wrong=len(wrong),
            told_wrongly=roll.told_wrongly(self._database, self._truth, timedelta(minutes=step_factor)),
            disagreements=roll.disagreements(self._database, self._school, self._clock()),
            staff_wrong=roll.staff_wrong(self._database, self._school, self._staff),
            sends_per_event=round(sent / len(self._seen), 3),
            outages=len(OUTAGES),
            clock_resets=1,
            took_s=round(time.monotonic() - self._begun, 1),
            growth={name: growth(hourly) for name, hourly in self._hourly.items()},
        )

    def _record(self, seen: Seen) -> None:
        captured_at, reading = reading_at(seen.unit, seen.at, RESET)
        known, ask = seen.outcome is Outcome.IDENTIFIED, seen.outcome is Outcome.ASK
        person = person_ref(seen.person) if seen.person else None
        self._outboxes[seen.unit].append(
            lambda seq: Sighting(
                seq=seq,
                captured_at=captured_at,
                clock=reading,
                outcome=seen.outcome,
                method=seen.method,
                person=person if known else None,
                candidates=(person,) if ask and person else (),
                direction=seen.direction,
            )
        )

    def _settled(self, since: datetime) -> bool:
        """All that was recorded has been acknowledged, and every unit was heard of."""
        heard = roll.last_heard(self._database)
        waiting = any(outbox.backlog() for outbox in self._outboxes.values())
        return heard is not None and heard >= since and not waiting

    def _turn(self, moment: datetime, *, down: bool) -> None:
        print(f"{moment + SCHOOL_IS_AHEAD:%H:%M} {'outage' if down else 'outage over'}", file=sys.stderr, flush=True)
        if moment < at("12:00"):
            self._network.turn(Weather.CUT if down else Weather.OPEN)
        elif down:
            self._broker.kill()
        else:
            self._broker.start()

    def _start(
        self, module: str, *arguments: str, environment: dict[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"scripts.school_day_parts.{module}", *arguments]
        return subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=self._log, stderr=self._log)


def _steps(factor: int) -> Iterator[datetime]:
    """A minute, or `factor` of them, while anybody comes or goes; half an hour at night."""
    moment = BEGINS
    while moment < BEGINS + LONG - timedelta(hours=1):
        by_day = at("06:00") <= moment < at("17:30")
        moment += timedelta(minutes=factor if by_day else 30)
        yield moment


if __name__ == "__main__":
    sys.exit(main())
