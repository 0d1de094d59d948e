"""The service's worker by the day's clock: `python -m scripts.school_day_parts.service FOLDER`."""

import os
import signal
import sys
import threading
from pathlib import Path

from cloud import worker
from cloud.kit.start import checkpointer, connect, read_settings
from scripts.school_day_parts.day_clock import DayClock


def main(folder: str) -> None:
    settings = read_settings(os.environ)
    database = connect(settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    keeper = checkpointer(database)
    if keeper:
        keeper.start()
    worker.run(settings, database, DayClock(Path(folder)), stop)
    if keeper:
        keeper.stop()


if __name__ == "__main__":
    main(sys.argv[1])
