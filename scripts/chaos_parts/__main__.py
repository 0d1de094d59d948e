"""The run: disasters while the units record, then quiet until everything has arrived or the time is over."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from cloud.kit.errors import Unavailable
from scripts.chaos_parts.disasters import Disasters
from scripts.chaos_parts.oracle import MOST_SENDS, Tally, judge, stored, waiting
from scripts.chaos_parts.town import Town

EPILOG = """\
examples:
  scripts/chaos --short              a minute, as in the tests
  scripts/chaos --events 200         each of 50 units records 200
  scripts/chaos --sqlite             the service on SQLite
"""
OWN_MOUNTS = "DIEMDANH_CHAOS_OWN_MOUNTS"


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/chaos", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="60 events a unit, and every disaster once")
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--events", type=int, help="of each unit; 2000")
    parser.add_argument("--sqlite", action="store_true", help="the service on SQLite, not on PostgreSQL")
    parser.add_argument("--seed", type=int, default=20261116, help="which disasters happen, and when")
    args = parser.parse_args()
    with_disks = _own_mounts()
    # Whoever ends the run ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    events = args.events or (60 if args.short else 2000)
    every_s, quiet_s, rest_s = (0.4, 90.0, 0.5) if args.short else (0.3, 900.0, 8.0)
    with tempfile.TemporaryDirectory(prefix="diemdanh-chaos-") as name:
        folder = Path(name)
        # PostgreSQL, as a user of its own, must find its folder in it.
        folder.chmod(0o755)
        town = Town(
            folder, units=args.units, hosts=2 if args.short else 5, events_each=events, every_s=every_s,
            sqlite=args.sqlite, with_disks=with_disks,
        )  # fmt: skip
        disasters = Disasters(town, args.seed)
        try:
            _run(town, disasters, events * args.units, until_s=events * every_s, quiet_s=quiet_s, rest_s=rest_s)
            tally = Tally(disasters.kills, disasters.cuts, disasters.disk_fills, disasters.clock_jumps, town.revived)
            verdict = judge(town.database, town.units_folder, town.units, events, tally)
        finally:
            town.close()
    print(json.dumps(asdict(verdict)))
    return 0 if verdict.holds(most_sends=None if args.short else MOST_SENDS) else 1


def _run(town: Town, disasters: Disasters, events: int, *, until_s: float, quiet_s: float, rest_s: float) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < until_s or not disasters.all_happened:
        print(f"{time.monotonic() - begun:6.1f} s  {disasters.strike()}", file=sys.stderr, flush=True)
        time.sleep(rest_s)
        town.revive()
    print(f"{time.monotonic() - begun:6.1f} s  quiet", file=sys.stderr, flush=True)
    deadline = time.monotonic() + quiet_s
    while time.monotonic() < deadline:
        town.revive()
        try:
            if stored(town.database) >= events and waiting(town.units_folder, town.units) == 0:
                return
        except (SQLAlchemyError, Unavailable):
            # PostgreSQL is still reading its own log.
            pass
        time.sleep(0.5)
    print("the time is over before everything has arrived", file=sys.stderr)


def _own_mounts() -> bool:
    """Whether this process may mount small disks that only it sees, which vanish with it; begins anew to get there."""
    if OWN_MOUNTS in os.environ:
        return True
    alone = ["unshare", "--mount"]
    if os.geteuid() != 0:
        alone += ["--user", "--map-current-user", "--keep-caps"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            tried = subprocess.run(
                [*alone, "mount", "-t", "tmpfs", "chaos", folder], capture_output=True, text=True, check=False
            )
            problem = tried.stderr.strip()
        except OSError as error:
            problem = str(error)
    if not problem and tried.returncode == 0:
        command = [*alone, sys.executable, "-m", "scripts.chaos_parts", *sys.argv[1:]]
        os.execvpe(command[0], command, {**os.environ, OWN_MOUNTS: "yes"})
    print(f"NO DISKS ARE FILLED: this machine lets us mount none ({problem})", file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(main())
