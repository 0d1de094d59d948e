"""`diemdanh-enroll import`: a folder or ZIP of photos into the school's service."""

import argparse
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command
from enroll.signing_in import add_calibration_argument, add_service_arguments


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "import",
        "enrol everybody of a folder or ZIP of photos who has consent, and say what became of every file",
        examples="""
            diemdanh-enroll import photos/ --service https://HOST --school hoa-sen --login hanh --dry-run   tries it
            diemdanh-enroll import photos.zip --service https://HOST --school hoa-sen --login hanh          does it
            diemdanh-enroll import photos.zip --list 1a.xlsx --excel report.xlsx ...   “Mã học sinh” and “Ảnh”
            diemdanh-enroll import photos/ ... --two-people HS12=HS13   siblings who look alike
        """,
        run=_run,
    )
    parser.add_argument("photos", type=Path, metavar="DIR|ZIP", help="CODE.jpg, CODE_2.jpg or CODE/ folders")
    add_service_arguments(parser)
    add_calibration_argument(parser)
    parser.add_argument("--list", type=Path, metavar="XLSX", dest="listed", help="says whose photo each file is")
    parser.add_argument("--dry-run", action="store_true", help="judge and compare everything, send nothing")
    parser.add_argument("--json", action="store_true", help="one JSON line a file on stdout")
    parser.add_argument("--excel", type=Path, metavar="FILE", help="write the report as an Excel file too")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="where the import keeps how far it is")


def _run(args: argparse.Namespace) -> int:
    from enroll.importing import matching, report
    from enroll.importing.journal import Head, Journal
    from enroll.importing.lists import read_list
    from enroll.importing.sources import open_source
    from enroll.signing_in import importer_for, sign_in

    photos, lines = open_source(args.photos)
    listed = read_list(args.listed) if args.listed else None
    with sign_in(args) as service:
        importer = importer_for(args, service)
        pupils = importer.pupils
        if listed is None:
            whose, nobody = matching.by_name(photos, pupils)
        else:
            whose, nobody = matching.by_list(photos, listed, pupils, [line.file for line in lines])
        lines += nobody
        journal = None
        if not args.dry_run:
            file = args.journal or args.photos.resolve().with_name(f"{args.photos.resolve().name}.import")
            journal = Journal(file, Head(service=args.service, school=args.school, model=importer.pipeline.model))
            if journal.sent:
                sys.stderr.write(f"going on after {len(journal.sent)} pupils who are in the service already\n")
        importer.journal, importer.progress = journal, _Bar(sum(map(len, whose.values()))).step
        for code, theirs in whose.items():
            lines += importer.take(code, theirs)
    if args.json:
        sys.stdout.writelines(f"{line.model_dump_json()}\n" for line in lines)
    else:
        sys.stdout.write(report.as_table(lines))
    if args.excel:
        report.write_excel(args.excel, lines)
    if journal:
        journal.finish()
    sent = "" if journal else "; nothing was sent: this was a dry run"
    sys.stderr.write(f"{len(lines)} files: {report.summary(lines)}{sent}\n")
    return 0 if all(line.outcome in report.GOOD for line in lines) else 1


class _Bar:
    WIDTH = 30

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0

    def step(self) -> None:
        self._done += 1
        if sys.stderr.isatty():
            full = self.WIDTH * self._done // self._total
            end = "\n" if self._done == self._total else ""
            sys.stderr.write(f"\r[{'#' * full:{self.WIDTH}}] {self._done} of {self._total} photos{end}")
