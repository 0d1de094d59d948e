"""`diemdanh-edge update`: look for new software, try it, keep it or go back."""

import argparse
import base64
import binascii
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.errors import Misconfigured, Rejected
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands

HEALTHY_S = 60.0
PATIENCE_S = 300.0


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "update",
        "look for new software at the school's service, try it, and keep it or go back",
        examples="""
            sudo systemctl start diemdanh-update           at once, as the timer does every hour
            diemdanh-edge update --recover                 only bring back what ran before an interrupted update
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("--recover", action="store_true", help="look for nothing new")


def _run(args: argparse.Namespace) -> int:
    from edge.contract import Unreadable
    from edge.store.releases import Verdict
    from edge.update.fetch import ReleaseClient
    from edge.update.install import install
    from edge.update.services import Systemd
    from edge.update.shelf import Shelf
    from edge.update.updater import Updater, look_or_say_why

    settings = read_settings(args)
    shelf = Shelf(settings.software_dir)
    if not args.recover and not settings.release_key.exists():
        sys.stderr.write(f"No software is taken from anybody: {settings.release_key} is not here.\n")
        return 0
    updater = Updater(
        shelf,
        ReleaseClient(settings.cloud_url, settings.device, settings.cloud_token),
        b"" if args.recover else read_key(settings.release_key),
        Systemd(settings.panel_port),
        install,
        time.monotonic,
        time.sleep,
        healthy_s=HEALTHY_S,
        patience_s=PATIENCE_S,
    )
    if args.recover:
        updater.recover()
        return 0
    try:
        state = look_or_say_why(updater)
    except Unreadable as error:
        raise Rejected(f"what the service offers is refused: {error}") from error
    return int(state is not None and state.verdict is Verdict.FAILED)


def read_key(path: Path) -> bytes:
    """The raw Ed25519 public key. Raises Misconfigured."""
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError, binascii.Error) as error:
        raise Misconfigured(f"{path}: {error}: put the file from `diemdanh-cloud release key` here") from error
    if len(key) != 32:
        raise Misconfigured(f"{path}: {len(key)} bytes are no Ed25519 key")
    return key
