"""`diemdanh-enroll check`: which photos are good to enrol, before anybody is asked to come again."""

import argparse
import json
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command

TOO_LARGE = "larger than 40 MB: make it smaller"


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
    from edge.errors import Misconfigured
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from edge.vision.photo import MAX_FILE_BYTES, SUFFIXES
    from enroll.judging import Judged, Verdict, judge

    files = [file for given in args.photos for file in _files(given, SUFFIXES)]
    if not files:
        raise Misconfigured(f"no photos there: files that end in {', '.join(SUFFIXES)}")
    pipeline = load_pipeline(ModelStore.of_this_machine())
    good = 0
    for number, file in enumerate(files, start=1):
        try:
            small = file.stat().st_size <= MAX_FILE_BYTES
            said = judge(pipeline, file.read_bytes()) if small else Judged(Verdict.REJECTED, TOO_LARGE)
        except OSError as error:
            said = Judged(Verdict.REJECTED, f"cannot be read: {error.strerror}")
        good += said.verdict is Verdict.OK
        if args.json:
            line = {"photo": str(file), "verdict": said.verdict, "quality": said.quality, "why": said.why}
            print(json.dumps(line | {"reasons": said.reasons}), flush=True)
        else:
            shown = f"quality {said.quality:.2f}" if said.quality is not None else ""
            print(f"{said.verdict:9} {file}  {shown}{'  ' if shown and said.why else ''}{said.why}", flush=True)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number} of {len(files)}\x1b[K" + ("\n" if number == len(files) else ""))
    sys.stderr.write(f"{good} of {len(files)} photos are good to enrol\n")
    return 0 if good == len(files) else 1


def _files(given: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """A folder's photos at any depth; a file as it is, so that a wrong one is named."""
    if not given.is_dir():
        return [given]
    return sorted(file for file in given.rglob("*") if file.suffix.lower() in suffixes)
