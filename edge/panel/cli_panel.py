"""`diemdanh-edge panel` and `diemdanh-edge panel-pin`: the screen at the gate, and the guard's PIN."""

import argparse
import getpass
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.errors import EdgeError, Misconfigured
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.panel.desk import Desk
    from edge.sd_notify import Supervisor

log = logging.getLogger(__name__)


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "panel",
        "serve the screen at the gate, the guard's view and the metrics, until stopped",
        examples="""
            diemdanh-edge panel                          then http://127.0.0.1:8090/ (and /guard, /metrics)
            DIEMDANH_EDGE_PANEL_GREETING=initials diemdanh-edge panel
        """,
        run=_run,
    )
    add_settings_argument(parser)


def add_pin(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "panel-pin",
        "set the PIN with which a guard checks people in by hand",
        examples="""
            sudo -u diemdanh diemdanh-edge panel-pin      asks twice
            echo 271828 | diemdanh-edge panel-pin          from a program
        """,
        run=_set_pin,
    )
    add_settings_argument(parser)


def _run(args: argparse.Namespace) -> int:
    from edge.clock import SystemClock
    from edge.panel.desk import Desk, DeskSettings
    from edge.panel.guard import Guard
    from edge.panel.server import PanelServer
    from edge.sd_notify import Supervisor
    from edge.store.key_file import read_or_make_key
    from edge.store.live import live_folder
    from edge.store.recovery import ensure_whole

    settings = read_settings(args)
    ensure_whole(settings.data_dir)
    clock = SystemClock()
    desk = Desk(
        DeskSettings(
            data_dir=settings.data_dir,
            live_folder=live_folder(os.environ, settings.data_dir),
            key=read_or_make_key(settings.data_dir),
            own=settings,
        ),
        clock,
    )
    server = PanelServer(settings.panel_port, desk, Guard(settings.data_dir, clock.monotonic_s))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    supervisor = Supervisor(os.environ, clock.monotonic_s)
    threading.Thread(target=server.serve_forever, name="panel", daemon=True).start()
    sys.stderr.write(f"http://127.0.0.1:{settings.panel_port}/\n")
    supervisor.ready()
    keep_moving(desk, stopping, supervisor)
    supervisor.stopping()
    # The server's thread ends with the process: `shutdown` would only wait for its next look.
    return 0


def keep_moving(desk: "Desk", stopping: threading.Event, supervisor: "Supervisor") -> None:
    """Check-ins that can no longer be undone go to the outbox; what was held before a restart goes at once."""
    while not stopping.is_set():
        try:
            desk.release_due()
            desk.erase_expired()
        except EdgeError as error:
            log.error("check-ins wait: %s", error)
        supervisor.alive()
        stopping.wait(0.5)


def _set_pin(args: argparse.Namespace) -> int:
    from edge.panel.guard import set_pin

    settings = read_settings(args)
    if sys.stdin.isatty():
        pin = getpass.getpass("PIN: ")
        if getpass.getpass("Once more: ") != pin:
            raise Misconfigured("the two were not the same: nothing was changed")
    else:
        pin = sys.stdin.readline().strip()
    set_pin(settings.data_dir, pin)
    sys.stderr.write("The guard's view has a new PIN.\n")
    return 0
