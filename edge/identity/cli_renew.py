"""`diemdanh-edge renew`: what diemdanh-renew.timer runs every day."""

import argparse
import sys
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "renew",
        "renew this unit's certificate if it is in the last third of its life",
        examples="""
            systemctl start diemdanh-renew   as the timer does every day; needed when a TPM holds the key
            diemdanh-edge renew              does nothing while the certificate is good
        """,
        run=run,
    )
    add_settings_argument(parser)


def run(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from edge.identity.claim import renew_if_due
    from edge.identity.files import identity

    settings = read_settings(args)
    until = renew_if_due(settings.cloud_url, identity(settings.data_dir), datetime.now(UTC))
    sys.stderr.write(f"renewed until {until:%Y-%m-%d}\n" if until else "nothing to renew yet\n")
    return 0
