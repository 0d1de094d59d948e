"""`diemdanh-cloud release`: software for units is signed, placed, offered to one unit and then to all."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloud.kit.errors import Conflict, Misconfigured, NotFound
from edge.contract.command_line import Commands, add_command

if TYPE_CHECKING:
    from cloud.devices.queries import UnitHealth
    from cloud.devices.releases.store import ReleaseStore


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "release",
        "sign new software for units, offer it to one unit first, then to all",
        examples="""
            diemdanh-cloud release key ~/release.key              once; put ~/release.key.pub on every unit
            diemdanh-cloud release sign --key ~/release.key --number 7 --software 0.2.0 --to out wheels/*.whl
            diemdanh-cloud release offer out/7.manifest out/7.tar --first gate-1     on the server
            diemdanh-cloud release everybody 7                    when gate-1 runs it and is well
        """,
        run=_list,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    making = actions.add_parser("key", help="make a key to sign with; keep it off the server")
    making.add_argument("file", type=Path)
    making.set_defaults(run=_key)
    signing = actions.add_parser("sign", help="pack wheels into a signed release")
    signing.add_argument("--key", type=Path, required=True)
    signing.add_argument("--number", type=int, required=True, help="higher than that of every release before")
    signing.add_argument("--software", required=True, help="the version as people call it")
    signing.add_argument("--to", type=Path, required=True, metavar="DIR")
    signing.add_argument("wheels", type=Path, nargs="+", metavar="WHEEL")
    signing.set_defaults(run=_sign)
    offering = actions.add_parser("offer", help="place a release, for one unit to try")
    offering.add_argument("manifest", type=Path)
    offering.add_argument("archive", type=Path)
    offering.add_argument("--first", required=True, metavar="UNIT")
    offering.set_defaults(run=_offer)
    widening = actions.add_parser("everybody", help="offer a release to all units")
    widening.add_argument("number", type=int)
    widening.add_argument("--anyway", action="store_true", help="though the first unit does not say that it runs it")
    widening.set_defaults(run=_everybody)
    withdrawing = actions.add_parser("withdraw", help="offer a release to nobody any more")
    withdrawing.add_argument("number", type=int)
    withdrawing.set_defaults(run=_withdraw)
    actions.add_parser("list", help="which releases there are, for whom, and what their first unit runs")


def _key(args: argparse.Namespace) -> int:
    from cloud.devices.releases.signing import make_key

    public = make_key(args.file)
    sys.stderr.write(f"Keep {args.file} away from the server. Put {public} on every unit: /etc/diemdanh/release.pub\n")
    return 0


def _sign(args: argparse.Namespace) -> int:
    from cloud.devices.releases.signing import sign_release
    from cloud.kit.clock import system_clock

    made = sign_release(args.key, args.number, args.software, args.wheels, args.to, system_clock())
    sys.stdout.write("".join(f"{path}\n" for path in made))
    return 0


def _offer(args: argparse.Namespace) -> int:
    if args.first not in _units():
        raise NotFound(f"there is no unit {args.first}")
    manifest = _store().place(args.manifest, args.archive, first=args.first)
    sys.stderr.write(f"Release {manifest.number} ({manifest.software}) is offered to {args.first} alone.\n")
    return 0


def _everybody(args: argparse.Namespace) -> int:
    store = _store()
    release = store.get(args.number)
    first = _units().get(release.offer.first)
    if not args.anyway and not (first and runs(first.software, args.number)):
        said = first.software if first and first.software else "nothing yet"
        raise Conflict(f"{release.offer.first} says that it runs {said}, not release {args.number}: wait, or --anyway")
    store.offer_to_everybody(args.number)
    sys.stderr.write(f"Release {args.number} is offered to every unit.\n")
    return 0


def _withdraw(args: argparse.Namespace) -> int:
    _store().withdraw(args.number)
    sys.stderr.write(f"Release {args.number} is offered to nobody.\n")
    return 0


def _list(_: argparse.Namespace) -> int:
    units = _units()
    for release in _store().all():
        first = units.get(release.offer.first)
        said = first.software if first and first.software else "-"
        for_whom = "everybody" if release.offer.everybody else release.offer.first
        sys.stdout.write(f"{release.manifest.number}\t{release.manifest.software}\t{for_whom}\t{said}\n")
    return 0


def runs(software: str | None, number: int) -> bool:
    """A unit's heartbeat says `0.2.0 r7`, and `0.1.0 r7 failed` after one that was taken back."""
    return software is not None and software.endswith(f" r{number}")


def _store() -> "ReleaseStore":
    from cloud.devices.releases.store import ReleaseStore
    from cloud.kit.start import read_settings

    folder = read_settings(os.environ).release_dir
    if folder is None:
        raise Misconfigured("DIEMDANH_CLOUD_RELEASE_DIR: say in which folder releases are kept")
    return ReleaseStore(folder)


def _units() -> "dict[str, UnitHealth]":
    from cloud.devices.queries import all_units
    from cloud.kit.start import connect, read_settings

    with connect(read_settings(os.environ)).reading() as session:
        return {unit.id: unit for unit in all_units(session)}
