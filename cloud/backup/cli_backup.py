"""`diemdanh-cloud backup`, `restore` and `backup-key`: what a school must be able to come back from."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.contract.command_line import Commands, add_command

if TYPE_CHECKING:
    from cloud.backup.lines import Head
    from cloud.backup.taking import Progress, Taken
    from cloud.kit.db import Database
    from cloud.settings import CloudSettings


def add_backup(commands: Commands) -> None:
    parser = add_command(
        commands,
        "backup",
        "write all that the service holds into a new file, while it runs",
        examples="""
            diemdanh-cloud backup /backup --for age1…                   sealed: only the key's other half opens it
            diemdanh-cloud backup /backup --for age1… --keep 30         and only the newest 30 stay
            diemdanh-cloud backup /backup --for age1… --keyring /keys   the templates' keys too: their only copy
            diemdanh-cloud backup /backup --unencrypted                 whoever reads the file reads the school
        """,
        run=_backup,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the file goes; its name is the moment")
    sealing = parser.add_mutually_exclusive_group(required=True)
    sealing.add_argument("--for", dest="recipient", metavar="AGE_KEY", help="what `diemdanh-cloud backup-key` printed")
    sealing.add_argument("--unencrypted", action="store_true", help="only for a place that is itself encrypted")
    parser.add_argument(
        "--keyring",
        type=Path,
        metavar="FOLDER",
        help="also the keyring, as the one copy there is: a place that itself keeps no history",
    )
    parser.add_argument("--keep", type=_some, metavar="N", help="remove all but the newest N back-ups of the folder")


def add_restore(commands: Commands) -> None:
    parser = add_command(
        commands,
        "restore",
        "put a back-up into this service's database, all of it or nothing; stop serve and worker first",
        examples="""
            diemdanh-cloud restore FILE --key backup.key --check              is it whole, and what is it?
            diemdanh-cloud restore FILE --key backup.key                      into an empty SQLite or PostgreSQL
            diemdanh-cloud restore FILE --key backup.key --replace            in place of what is there
            diemdanh-cloud restore diemdanh-keyring.backup --key backup.key   the templates' keys
        """,
        run=_restore,
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", type=Path, metavar="FILE", help="what `diemdanh-cloud backup-key` wrote")
    parser.add_argument("--check", action="store_true", help="read all of it, change nothing")
    parser.add_argument("--replace", action="store_true", help="give up what the database holds now")


def add_backup_key(commands: Commands) -> None:
    parser = add_command(
        commands,
        "backup-key",
        "make the key that back-ups are sealed for, and print its public half",
        examples="""
            diemdanh-cloud backup-key backup.key   the file opens every back-up: keep it away from the server, twice
        """,
        run=_new_key,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file for the secret half")


def _some(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("one at least")
    return number


def _backup(args: argparse.Namespace) -> int:
    from cloud.backup import taking
    from cloud.kit.clock import system_clock
    from cloud.kit.errors import Invalid
    from cloud.kit.start import connect, read_settings

    settings = read_settings(os.environ)
    database, keyring = connect(settings), _keyring(settings)
    now = system_clock()
    try:
        taken = taking.back_up(
            database, keyring, args.folder, recipient=args.recipient, now=now, progress=_progress("written")
        )
        _say(taken)
        if args.keyring:
            _say(taking.back_up_keyring(keyring, args.keyring, recipient=args.recipient, now=now))
        if args.keep:
            for gone in taking.forget_older(args.folder, args.keep):
                sys.stderr.write(f"{gone.name} removed\n")
    except OSError as error:
        raise Invalid(f"{error.filename or args.folder}: {error.strerror or error}") from error
    # The one line for whatever copies it elsewhere.
    sys.stdout.write(f"{taken.file}\n")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from cloud.backup import restoring
    from cloud.backup.taking import KEYRING
    from cloud.kit.start import connect, read_settings

    if args.check:
        head, rows = restoring.check(args.file, args.key)
        _say_whole(args.file, head, rows)
        return 0
    settings = read_settings(os.environ)
    keyring = _keyring(settings)
    # Not read through before: it is put back as one transaction, and in the end only if it is whole.
    head = restoring.head_of(args.file, args.key)
    if head.holds == KEYRING:
        rows = restoring.restore_keyring(keyring, args.file, key=args.key)
    else:
        rows = restoring.restore(
            connect(settings), keyring, args.file, key=args.key, replace=args.replace, progress=_progress("restored")
        )
    _say_whole(args.file, head, rows)
    sys.stderr.write("Restored.\n")
    return 0


def _new_key(args: argparse.Namespace) -> int:
    from cloud.backup.envelope import new_key

    sys.stdout.write(f"{new_key(args.file)}\n")
    sys.stderr.write(f"{args.file} opens what is sealed for this key. Without it no back-up comes back.\n")
    return 0


def _keyring(settings: "CloudSettings") -> "Database":
    from cloud.biometrics.keyring import open_keys

    return open_keys(settings.keyring_url.get_secret_value())


def _progress(done: str) -> "Progress":
    def show(table: str, rows: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{table}: {rows} rows {done}")

    return show


def _say_whole(file: Path, head: "Head", rows: int) -> None:
    sys.stderr.write(
        f"{_start()}{file.name}: the {head.holds} of {head.taken_at:%Y-%m-%d %H:%M} UTC, {rows} rows, whole\n"
    )


def _say(taken: "Taken") -> None:
    sys.stderr.write(f"{_start()}{taken.file}: {taken.rows} rows, {taken.bytes / 1e6:.1f} MB\n")


def _start() -> str:
    """Over what was shown of the way there."""
    return "\r\x1b[K" if sys.stderr.isatty() else ""
