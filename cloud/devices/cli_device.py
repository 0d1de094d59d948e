"""`diemdanh-cloud device`: units are registered and listed."""

import argparse
import os
import sys

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "device",
        "register a unit, or list them",
        examples="""
            diemdanh-cloud device add gate-1 --school demo --name "Cổng chính"   prints the unit's token, once
            diemdanh-cloud device list                                           who is registered, when last heard of
        """,
        run=_list,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="register a unit and print its token")
    adding.add_argument("id", help="lower-case letters, digits and hyphens, 3 to 64")
    adding.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    adding.add_argument("--name", help="where it hangs, as people read it; the id if left out")
    adding.set_defaults(run=_add)
    actions.add_parser("list", help="list the units of all schools")


def _add(args: argparse.Namespace) -> int:
    from cloud.devices.registering import register
    from cloud.kit.start import connect, read_settings

    with connect(read_settings(os.environ)).writing() as session:
        token = register(session, args.id, school=args.school, name=args.name or args.id)
    sys.stderr.write(f"{args.id} is registered. Its token, shown this once:\n")
    sys.stdout.write(f"{token}\n")
    return 0


def _list(_: argparse.Namespace) -> int:
    from cloud.devices.queries import all_units
    from cloud.kit.start import connect, read_settings

    with connect(read_settings(os.environ)).reading() as session:
        for unit in all_units(session):
            heard = f"{unit.heartbeat_at:%Y-%m-%d %H:%M:%SZ}" if unit.heartbeat_at else "never heard of"
            sys.stdout.write(f"{unit.id}\t{unit.name}\t{heard}\n")
    return 0
