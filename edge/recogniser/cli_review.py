"""`diemdanh-edge review`: the faces that gave no name, for staff to assign or dismiss."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.store.review import Review


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "review",
        "faces that gave no name: look at them, say whose they are, or dismiss them",
        examples="""
            diemdanh-edge review list                     what is kept (setting review_hours), the newest first
            diemdanh-edge review show 7 --to face.jpg     its picture
            diemdanh-edge review assign 7 hs-1            it was hs-1; the recogniser records it ten seconds later
            diemdanh-edge review dismiss 8                nobody whom the school has to know
            diemdanh-edge review undo 7                   within ten seconds all of it, later what was learnt from it
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("action", choices=("list", "show", "assign", "dismiss", "undo"))
    parser.add_argument("item", nargs="?", type=int, metavar="NUMBER", help="as `list` shows it")
    parser.add_argument("person", nargs="?", metavar="REFERENCE", help="of assign: whose face it is")
    parser.add_argument("--to", type=Path, metavar="FILE.jpg", help="of show: where to write the picture")
    parser.add_argument("--json", action="store_true", help="of list: one JSON line a face")


def _run(args: argparse.Namespace) -> int:
    from edge.clock import SystemClock
    from edge.errors import Misconfigured
    from edge.store.db import connect
    from edge.store.key_file import read_or_make_key
    from edge.store.review import Review

    settings = read_settings(args)
    review = Review(
        connect(settings.data_dir), read_or_make_key(settings.data_dir), SystemClock(),
        keep_s=settings.review_hours * 3600, max_bytes=settings.review_mb * 2**20,
    )  # fmt: skip
    review.erase_expired()
    if args.action == "list":
        for item in review.items():
            facts = {"item": item.id, "outcome": item.outcome, "captured_at": item.captured_at.isoformat(),
                     "candidates": item.candidates, "verdict": item.verdict, "person": item.person}  # fmt: skip
            print(json.dumps(facts) if args.json else "  ".join(_said(value) for value in facts.values()))
        return 0
    if args.item is None or (args.action == "assign") != (args.person is not None):
        raise Misconfigured(f"review {args.action}: it takes the number of a face"
                            + (" and the reference of a person" if args.action == "assign" else ""))  # fmt: skip
    if args.action == "show":
        return _show(args, review)
    if args.action == "assign":
        review.assign(args.item, args.person)
    elif args.action == "dismiss":
        review.dismiss(args.item)
    elif review.undo(args.item) == "sent":
        sys.stderr.write("what was learnt is forgotten; the sighting is on its way: correct it in the register\n")
    return 0


def _show(args: argparse.Namespace, review: "Review") -> int:
    from edge.errors import Misconfigured

    shot = review.shot(args.item)
    if shot is None or args.to is None:
        raise Misconfigured("review show: --to FILE.jpg says where to" if shot else "this face is not kept any more")
    try:
        args.to.touch(mode=0o600)
        args.to.write_bytes(shot.picture)
    except OSError as error:
        raise Misconfigured(f"--to {args.to}: cannot be written: {error.strerror}") from error
    sys.stderr.write(f"{args.to}: delete it when you have looked at it\n")
    return 0


def _said(value: object) -> str:
    return ",".join(value) or "-" if isinstance(value, tuple) else "-" if value is None else str(value)
