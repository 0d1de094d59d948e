"""`diemdanh-enroll photos`: templates of the photos that families sent and staff have looked at."""

import argparse
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from edge.contract.command_line import Commands, add_command
from enroll.signing_in import add_calibration_argument, add_service_arguments

if TYPE_CHECKING:
    from enroll.importing.outcome import Line


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "photos",
        "make templates of the photos that families sent and staff have looked at, or say to the family why not",
        examples="""
            diemdanh-enroll photos --service https://HOST --school hoa-sen --login hanh --dry-run   tries it
            diemdanh-enroll photos --service https://HOST --school hoa-sen --login hanh             does it
        """,
        run=_run,
    )
    add_service_arguments(parser)
    add_calibration_argument(parser)
    parser.add_argument("--dry-run", action="store_true", help="judge and compare, decide on nothing")


def _run(args: argparse.Namespace) -> int:
    from enroll.answers import SeenPhoto
    from enroll.importing import report
    from enroll.importing.sources import Photo
    from enroll.signing_in import importer_for, sign_in

    with sign_in(args) as service:
        of_pupil: dict[str, list[SeenPhoto]] = defaultdict(list)
        for photo in service.photos(args.school):
            of_pupil[photo.code].append(photo)
        if not of_pupil:
            sys.stderr.write("no photo waits that staff have looked at\n")
            return 0
        importer = importer_for(args, service)
        lines: list[Line] = []
        left = 0
        for code, photos in of_pupil.items():
            there = {one.id: content for one in photos if (content := service.picture(one.id)) is not None}
            weighed = importer.weigh(code, [Photo(name, bytes) for name in there], list(there.values()))
            lines += weighed.lines
            taken = [line.file for line in weighed.lines if line.outcome in report.GOOD]
            rejected = {line.file: _reason(line) for line in weighed.lines if line.outcome not in report.GOOD}
            if args.dry_run or service.settle(photos[0].student_id, taken, rejected, weighed.views):
                if weighed.views:
                    importer.remember(code, weighed)
            else:
                left += 1
                sys.stderr.write(f"{code}: photos or consent changed meanwhile: left for the next time\n")
    sys.stdout.write(report.as_table(lines))
    undecided = "; nothing was decided: this was a dry run" if args.dry_run else ""
    sys.stderr.write(f"{len(lines)} photos: {report.summary(lines)}{undecided}\n")
    return 1 if left else 0


def _reason(line: "Line") -> str:
    """As the service names it to the family: never whom a face looks like."""
    from enroll.importing.outcome import Outcome

    plain = {
        Outcome.NO_FACE: "no_face",
        Outcome.TWO_FACES: "two_faces",
        Outcome.CORRUPT: "unreadable",
        Outcome.EMPTY: "unreadable",
        Outcome.REJECTED: "small",
    }
    if line.outcome is Outcome.POOR:
        return line.reasons[0] if line.reasons else "blurred"
    return plain.get(line.outcome, "ask_school")
