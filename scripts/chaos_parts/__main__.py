"""The run: disasters while the units record, then quiet until everything has arrived or the time is over."""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from scripts.chaos_parts.oracle import judge, stored, waiting
from scripts.chaos_parts.town import Town

EPILOG = """\
examples:
  scripts/chaos --short              a minute, as in the tests
  scripts/chaos --events 2000        each of 50 units records 2,000
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        "scripts/chaos", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="40 events a unit and a few disasters")
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--events", type=int, help="of each unit; 2000")
    parser.add_argument("--seed", type=int, default=20261116, help="which disasters happen, and when")
    args = parser.parse_args()
    events = args.events or (40 if args.short else 2000)
    every_s, quiet_s, rest_s = (0.4, 60.0, 0.5) if args.short else (0.3, 900.0, 10.0)
    with tempfile.TemporaryDirectory(prefix="diemdanh-chaos-") as name:
        folder = Path(name)
        town = Town(
            folder, units=args.units, hosts=2 if args.short else 5, events_each=events, every_s=every_s, seed=args.seed
        )
        try:
            _run(town, events * args.units, until_s=events * every_s, quiet_s=quiet_s, rest_s=rest_s, folder=folder)
            verdict = judge(town.database, folder, town.units, events, town.kills)
        finally:
            town.close()
    print(json.dumps(asdict(verdict)))
    return 0 if verdict.holds else 1


def _run(town: Town, events: int, *, until_s: float, quiet_s: float, rest_s: float, folder: Path) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < until_s:
        print(f"{time.monotonic() - begun:6.1f} s  {town.strike()}", file=sys.stderr, flush=True)
        time.sleep(rest_s)
    print(f"{time.monotonic() - begun:6.1f} s  quiet", file=sys.stderr, flush=True)
    deadline = time.monotonic() + quiet_s
    while time.monotonic() < deadline:
        try:
            if stored(town.database) >= events and waiting(folder, town.units) == 0:
                return
        except SQLAlchemyError:
            # PostgreSQL is still reading its own log.
            pass
        time.sleep(0.5)
    print("the time is over before everything has arrived", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
