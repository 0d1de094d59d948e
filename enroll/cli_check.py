"""`diemdanh-enroll check`: which photos are good to enrol, before anybody is asked to come again."""

import argparse
import json
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command

GOOD_ENOUGH = 0.4
"""Of the quality stage, 0 to 1: below it a face is better photographed again."""


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "check",
        "say of each photo whether it is good to enrol, and if not, why",
        examples="""
            diemdanh-enroll check photos/            every photo below a folder
            diemdanh-enroll check an.jpg binh.jpg    these two
            diemdanh-enroll check photos/ --json     one JSON line a photo
        """,
        run=_run,
    )
    parser.add_argument("photos", type=Path, nargs="+", metavar="PHOTO", help="photos, or folders of them")
    parser.add_argument("--json", action="store_true", help="one JSON line a photo on stdout")


def _run(args: argparse.Namespace) -> int:
    from edge.errors import Misconfigured, Rejected
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from edge.vision.photo import SUFFIXES, photo_to_template, read_photo

    files = [file for given in args.photos for file in _files(given, SUFFIXES)]
    if not files:
        raise Misconfigured(f"no photos there: files that end in {', '.join(SUFFIXES)}")
    pipeline = load_pipeline(ModelStore.of_this_machine())
    good = 0
    for number, file in enumerate(files, start=1):
        try:
            quality = photo_to_template(pipeline, read_photo(file)).quality
            poor = quality < GOOD_ENOUGH
            verdict = "poor" if poor else "ok"
            why = "blurred, dark, turned away or far: take it again, from the front and near" if poor else ""
        except Rejected as error:
            quality, verdict, why = None, "rejected", str(error)
        good += verdict == "ok"
        if args.json:
            print(json.dumps({"photo": str(file), "verdict": verdict, "quality": quality, "why": why}), flush=True)
        else:
            shown = f"quality {quality:.2f}" if quality is not None else ""
            print(f"{verdict:9} {file}  {shown}{'  ' if shown and why else ''}{why}", flush=True)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(files)}\x1b[K" + ("\n" if number == len(files) else ""))
    sys.stderr.write(f"{good} of {len(files)} photos are good to enrol\n")
    return 0 if good == len(files) else 1


def _files(given: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """A folder's photos at any depth; a file as it is, so that a wrong one is named."""
    if not given.is_dir():
        return [given]
    return sorted(file for file in given.rglob("*") if file.suffix.lower() in suffixes)
