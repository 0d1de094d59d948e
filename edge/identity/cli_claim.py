"""`diemdanh-edge claim`: this machine becomes one of the school's units."""

import argparse
import sys
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.errors import Misconfigured
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "claim",
        "make this machine one of the school's units, with a one-time code",
        examples="""
            diemdanh-edge claim 7K4M-9QXD --cloud https://diemdanh.school.example   the code is on the dashboard
            sudo diemdanh-edge claim 7K4M-9QXD --cloud https://...                  as root: a TPM seals the key
        """,
        run=run,
    )
    parser.add_argument("code", help="eight letters and digits; they work once, for an hour")
    parser.add_argument("--cloud", required=True, metavar="URL", help="the school's service, https://")
    add_settings_argument(parser)


def run(args: argparse.Namespace) -> int:
    from edge.contract.identity import normal_code
    from edge.identity.claim import claim
    from edge.identity.files import identity

    data_dir = read_settings(args).data_dir
    try:
        code = normal_code(args.code)
    except ValueError as error:
        raise Misconfigured(f"{args.code}: {error}") from error
    if not data_dir.is_dir():
        raise Misconfigured(f"{data_dir}: no such folder: run scripts/install-unit first, or set data_dir")
    admission = claim(code, args.cloud, identity(data_dir))
    sys.stderr.write(
        f"This machine is {admission.device} until {admission.valid_until:%Y-%m-%d}; it renews that by itself.\n"
        f"Its key is {admission.protection}.\n"
        "Start it: systemctl restart diemdanh-recogniser diemdanh-uplink diemdanh-panel\n"
    )
    return 0
