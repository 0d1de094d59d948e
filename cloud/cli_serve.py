"""`diemdanh-cloud serve`: the pages and the interface for units."""

import argparse
import gc
import os
import signal
import sys

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    add_command(
        commands,
        "serve",
        "answer browsers, and units that come by https",
        examples="""
            diemdanh-cloud serve                                      on http://127.0.0.1:8000
            DIEMDANH_CLOUD_LISTEN_HOST=0.0.0.0 diemdanh-cloud serve   for other machines, behind a proxy
        """,
        run=run,
    )


def run(_: argparse.Namespace) -> int:
    import uvicorn

    from cloud import migrations
    from cloud.kit.start import checkpointer, connect, read_settings
    from cloud.main import create_app

    settings = read_settings(os.environ)
    database = connect(settings)
    migrations.require_current(database)
    keeper = checkpointer(database)
    if keeper:
        keeper.start()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops in good order at these, and then raises them once more for whoever was there before it.
        signal.signal(wanted, lambda *_: None)
    sys.stderr.write(f"The pages are at http://{settings.listen_host}:{settings.listen_port} (Ctrl-C stops)\n")
    app = create_app(settings, database)
    # Else every 20 s of a busy morning everybody waits half a second while all that was loaded is looked through again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)
    uvicorn.run(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        # A live page never ends by itself.
        timeout_graceful_shutdown=2,
    )
    if keeper:
        keeper.stop()
    database.close()
    return 0
