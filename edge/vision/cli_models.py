"""`diemdanh-edge models pull|list|verify`: the neural networks, fetched, checked and converted."""

import argparse
from typing import TYPE_CHECKING

from edge.command_line import add_command

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "models",
        "fetch, list and verify the neural networks",
        examples="""
            diemdanh-edge models pull     fetch what is missing and convert it for this machine
            diemdanh-edge models list     what the manifest knows, and what is here
            diemdanh-edge models verify   check every file's sha256
        """,
        run=_run,
    )
    parser.add_argument("action", choices=("pull", "list", "verify"))


def _run(args: argparse.Namespace) -> int:
    return 0
