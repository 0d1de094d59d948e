"""A process with the uplinks of several units, by the day's clock.

python -m scripts.school_day_parts.units FOLDER PORT UNIT...
"""

import sys
import threading
from pathlib import Path

from scripts.chaos_parts.host import send
from scripts.school_day_parts.day_clock import DayClock, UnitClock
from scripts.school_day_parts.script import RESET


def main(arguments: list[str]) -> None:
    name, port, *units = arguments
    folder = Path(name)
    day = DayClock(folder)
    for unit in units:
        threading.Thread(target=send, args=(folder, unit, int(port), UnitClock(unit, day, RESET))).start()


if __name__ == "__main__":
    main(sys.argv[1:])
