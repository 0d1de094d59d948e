"""`diemdanh-cloud broker-files`: what the broker reads, made from the database."""

import argparse
import os
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "broker-files",
        "write the broker's certificates, revocation list and ACL",
        examples="""
            diemdanh-cloud broker-files /etc/mosquitto/diemdanh --host broker.school.example   once, and every month
        """,
        run=_run,
    )
    parser.add_argument("folder", type=Path, help="see firmware-config/broker/README.md")
    parser.add_argument(
        "--host", action="append", required=True, metavar="NAME", help="how the broker is reached; may be repeated"
    )


def _run(args: argparse.Namespace) -> int:
    from cloud.devices.identity import broker_files
    from cloud.devices.identity.api import issuer_from
    from cloud.kit.clock import system_clock
    from cloud.kit.errors import Misconfigured
    from cloud.kit.start import connect, read_settings

    settings = read_settings(os.environ)
    issuer = issuer_from(settings, system_clock)
    # The workers reach it on this machine under these names.
    hosts = [*args.host, "localhost", "127.0.0.1"]
    try:
        with connect(settings).writing() as session:
            renewed = broker_files.write_certificates(session, issuer, args.folder, list(dict.fromkeys(hosts)))
            broker_files.write(broker_files.compose(session, issuer), args.folder)
    except OSError as error:
        raise Misconfigured(f"{args.folder}: {error}") from error
    sys.stderr.write(f"{args.folder} is up to date{', with new certificates' if renewed else ''}.\n")
    return 0
