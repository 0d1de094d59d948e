"""`diemdanh-edge watch`: recognise on any source, without a store. The newcomer's first try."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "watch",
        "recognise people on any source, without storing anything",
        examples="""
            diemdanh-edge watch --source 0 --gallery photos/                 the first camera
            diemdanh-edge watch --source gate.mp4 --gallery photos/ --json   a clip, one JSON line an outcome
        """,
        run=_run,
    )
    parser.add_argument("--source", required=True, metavar="S", help="a file, folder, camera or stream")
    parser.add_argument(
        "--gallery", required=True, metavar="DIR", type=Path, help="a folder of NAME.jpg files or NAME/ folders"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line an outcome on stdout")


def _run(args: argparse.Namespace) -> int:
    return 0
