"""`diemdanh-edge cards`: whose cards, chips and fingers this unit knows. What the cloud sends later, by hand."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.contract import Method
    from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
    from edge.store.credentials import Credential, Credentials


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "cards",
        "say whose cards, chips and fingers this unit knows",
        examples="""
            diemdanh-edge cards trust 1 school.pem          QR cards signed with key 1 count from now on
            diemdanh-edge cards distrust 1                  none of them does any more
            diemdanh-edge cards revoke 42 43                these two printed cards no longer count
            diemdanh-edge cards give 0004512345 hs-1        the chip with this number is hs-1's
            diemdanh-edge cards finger hs-1                 learn a finger of hs-1: two touches, kept on the sensor
            diemdanh-edge cards take hs-1                   hs-1's chips and fingers mean nobody any more
            diemdanh-edge cards list --json                 what this unit knows
        """,
        run=lambda args: args.act(args),
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)

    def action(name: str, act: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=summary)
        add_settings_argument(added)
        added.set_defaults(act=act)
        return added

    trust = action("trust", _trust, "cards signed with this key count")
    trust.add_argument("key", type=int, metavar="ID", help="0 to 255, as printed in the cards")
    trust.add_argument("file", type=Path, metavar="PEM", help="the Ed25519 public key")
    distrust = action("distrust", _distrust, "cards signed with this key no longer count")
    distrust.add_argument("key", type=int, metavar="ID")
    revoke = action("revoke", _revoke, "these printed cards no longer count")
    revoke.add_argument("serials", type=int, nargs="+", metavar="SERIAL")
    give = action("give", _give, "a chip is this person's")
    give.add_argument("number", help="as the reader types it")
    give.add_argument("person", help="a reference, never a name")
    finger = action("finger", _finger, "learn a finger of this person")
    finger.add_argument("person", help="a reference, never a name")
    finger.add_argument("--port", default="/dev/serial0", help="of the sensor; default: %(default)s")
    take = action("take", _take, "this person's chips and fingers mean nobody any more")
    take.add_argument("person")
    listing = action("list", _list, "what this unit knows")
    listing.add_argument("--json", action="store_true")


def _credentials(args: argparse.Namespace) -> "Credentials":
    from edge.store.credentials import Credentials
    from edge.store.db import connect

    return Credentials(connect(read_settings(args).data_dir))


def _trust(args: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    from edge.errors import Misconfigured

    try:
        key = load_pem_public_key(args.file.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("another kind of key")
        _credentials(args).trust(args.key, key.public_bytes_raw())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{args.file}, key {args.key}: not an Ed25519 public key to trust: {error}") from error
    return 0


def _distrust(args: argparse.Namespace) -> int:
    _credentials(args).distrust(args.key)
    return 0


def _revoke(args: argparse.Namespace) -> int:
    _credentials(args).revoke(args.serials)
    return 0


def _give(args: argparse.Namespace) -> int:
    from edge.contract import Method

    _credentials(args).give(_credential(Method.CARD, args.number, args.person))
    return 0


def _finger(args: argparse.Namespace) -> int:
    from edge.contract import Method
    from edge.errors import Rejected, Unavailable

    credentials = _credentials(args)
    taken = {int(one.value) for one in credentials.given() if one.method is Method.FINGERPRINT}
    taken |= set(credentials.fingers_to_forget())
    # A wrong reference is told before anybody touches the glass.
    _credential(Method.FINGERPRINT, "0", args.person)
    sensor = _sensor(args.port)
    try:
        slot = next((slot for slot in range(sensor.capacity) if slot not in taken), None)
        if slot is None:
            raise Rejected(f"{sensor.name}: all its {sensor.capacity} slots are taken. Take somebody's first.")
        sensor.enrol(slot, lambda wish: print(wish, file=sys.stderr))
        try:
            credentials.give(_credential(Method.FINGERPRINT, str(slot), args.person))
        except Unavailable:
            # No template stays on the sensor without its person.
            sensor.forget(slot)
            raise
    finally:
        sensor.close()
    sys.stderr.write(f"learnt: slot {slot}\n")
    return 0


def _take(args: argparse.Namespace) -> int:
    credentials = _credentials(args)
    taken, fingers = credentials.take(args.person), len(credentials.fingers_to_forget())
    sys.stderr.write(f"taken: {taken}\n")
    if fingers:
        sys.stderr.write(f"still on the sensor: {fingers}; forgotten as soon as `diemdanh-edge run` has it\n")
    return 0


def _list(args: argparse.Namespace) -> int:
    credentials = _credentials(args)
    keys, given = credentials.key_ids(), credentials.given()
    if args.json:
        listed = [{"method": one.method, "value": one.value, "person": one.person} for one in given]
        print(json.dumps({"keys": keys, "given": listed}))
        return 0
    print(f"keys of printed cards: {', '.join(map(str, keys)) or 'none'}")
    for one in given:
        print(f"{one.method:12} {one.value:20} {one.person}")
    return 0


def _sensor(port: str) -> "FingerprintSensor":
    from edge.hardware.readers.fingerprint.sensor import FingerprintSensor

    sensor = FingerprintSensor(port)
    sensor.open()
    return sensor


def _credential(method: "Method", value: str, person: str) -> "Credential":
    from pydantic import TypeAdapter, ValidationError

    from edge.contract.wire import PersonRef
    from edge.errors import Rejected
    from edge.store.credentials import Credential

    try:
        TypeAdapter(PersonRef).validate_python(person)
    except ValidationError as error:
        raise Rejected("the person is a reference: letters, digits, dot, hyphen and underscore, 64 at most") from error
    return Credential(method, value.strip().upper(), person)
