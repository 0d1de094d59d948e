"""`diemdanh-cloud device`: units are registered, claimed, locked out and listed."""

import argparse
import os
import sys
from typing import TYPE_CHECKING

from edge.contract.command_line import Commands, add_command

if TYPE_CHECKING:
    from cloud.settings import CloudSettings


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "device",
        "register units, let machines become them, lock them out, list them",
        examples="""
            diemdanh-cloud device add gate-1 --school demo --name "Cổng chính"   prints the unit's token, once
            diemdanh-cloud device claim-code gate-1                              to be typed at the unit
            diemdanh-cloud device revoke gate-1                                  it was stolen
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
    giving = actions.add_parser("claim-code", help="a one-time code for `diemdanh-edge claim`, good for an hour")
    giving.add_argument("id")
    giving.set_defaults(run=_give_code)
    revoking = actions.add_parser("revoke", help="lock a unit out at once: lost, stolen or sold")
    revoking.add_argument("id")
    revoking.set_defaults(run=_revoke)


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


def _give_code(args: argparse.Namespace) -> int:
    from cloud.devices.identity.api import issuer_from
    from cloud.devices.identity.issuing import give_code
    from cloud.kit.clock import system_clock
    from cloud.kit.start import connect, read_settings
    from edge.contract.identity import shown_code

    settings = read_settings(os.environ)
    with connect(settings).writing() as session:
        code, expires_at = give_code(session, issuer_from(settings, system_clock), args.id)
    sys.stderr.write(f"Type at {args.id}, before {expires_at:%H:%M} UTC, this once:\n")
    sys.stderr.write(f"  diemdanh-edge claim {shown_code(code)} --cloud {settings.public_url}\n")
    sys.stdout.write(f"{shown_code(code)}\n")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from cloud.devices.identity.api import issuer_from, tell_broker
    from cloud.devices.identity.issuing import revoke
    from cloud.kit.clock import system_clock
    from cloud.kit.start import connect, read_settings

    settings = read_settings(os.environ)
    database, issuer = connect(settings), issuer_from(settings, system_clock)
    with database.writing() as session:
        revoke(session, issuer, args.id)
    sys.stderr.write(f"{args.id} is locked out: nothing is taken from it any more.\n")
    if tell_broker(database, issuer, settings):
        return _confirm(settings)
    sys.stderr.write("The broker was not told: DIEMDANH_CLOUD_BROKER_DIR is not set, or cannot be written.\n")
    return 0 if settings.broker_dir is None else 1


def _confirm(settings: "CloudSettings") -> int:
    from urllib.parse import urlsplit

    from cloud.devices.identity.broker_files import broker_refuses_the_canary

    units_door = urlsplit(settings.broker_public_url)
    assert settings.broker_dir is not None
    try:
        read = broker_refuses_the_canary(
            units_door.hostname or "", units_door.port or 8883, settings.broker_dir, within_s=10
        )
    except OSError as error:
        sys.stderr.write(f"The broker could not be asked whether it has read the new list: {error}\n")
        return 1
    if not read:
        sys.stderr.write("The broker has not read the new list: run systemctl reload mosquitto on its machine.\n")
        return 1
    sys.stderr.write("The broker has read the new list and refuses it.\n")
    return 0
