"""`diemdanh-cloud serve`: the pages and the interface for units."""

import argparse
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from cloud.kit.loading import loading
from edge.contract.command_line import Commands, add_command

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from cloud.settings import CloudSettings


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
    with loading():
        import uvicorn

        from cloud.kit.schema import require_current
        from cloud.kit.start import checkpointer, connect, read_settings
        from cloud.main import create_app

    settings = read_settings(os.environ)
    database = connect(settings)
    require_current(database)
    keeper = checkpointer(database)
    if keeper:
        keeper.start()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        # uvicorn stops in good order at these, and then raises them once more for whoever was there before it.
        signal.signal(wanted, lambda *_: None)
    sys.stderr.write(f"The pages are at http://{settings.listen_host}:{settings.listen_port} (Ctrl-C stops)\n")
    with loading():
        app = create_app(settings, database)
    # A busy morning makes much that lives for one answer only.
    gc.set_threshold(10_000, 20, 10)
    uvicorn.Server(server_config(settings, app)).run()
    if keeper:
        keeper.stop()
    database.close()
    return 0


def server_config(settings: "CloudSettings", app: "FastAPI") -> "uvicorn.Config":
    import uvicorn

    return uvicorn.Config(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        # Else everybody behind a proxy on another machine is one address to what counts wrong passwords.
        forwarded_allow_ips=settings.trusted_proxies,
        # A live page never ends by itself.
        timeout_graceful_shutdown=2,
    )
