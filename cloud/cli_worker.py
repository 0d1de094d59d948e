"""`diemdanh-cloud worker`: ingest and messages."""

import argparse
import os
import signal
import threading

from cloud.kit.loading import loading
from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    add_command(
        commands,
        "worker",
        "take in what units report, and send messages",
        examples="""
            diemdanh-cloud worker                                        with a broker on this machine
            DIEMDANH_CLOUD_BROKER_URL=mqtt://10.0.0.5 diemdanh-cloud worker   with another one
        """,
        run=run,
    )


def run(_: argparse.Namespace) -> int:
    with loading():
        from cloud import worker
        from cloud.kit.clock import system_clock
        from cloud.kit.schema import require_current
        from cloud.kit.start import checkpointer, connect, read_settings

    settings = read_settings(os.environ)
    database = connect(settings)
    require_current(database)
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stop.set())
    keeper = checkpointer(database)
    if keeper:
        keeper.start()
    worker.run(settings, database, system_clock, stop)
    if keeper:
        keeper.stop()
    database.close()
    return 0
