"""`diemdanh-enroll import`: a folder or ZIP of photos into the school's service."""

import argparse
import getpass
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command


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
    parser.add_argument("--service", required=True, metavar="URL", help="where the school's service is")
    parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    parser.add_argument("--login", required=True, help="of a member of staff who may enrol; the password is asked for")
    parser.add_argument("--list", type=Path, metavar="XLSX", dest="listed", help="says whose photo each file is")
    parser.add_argument("--two-people", action="append", default=[], metavar="CODE=CODE", type=_pair)
    parser.add_argument("--dry-run", action="store_true", help="judge and compare everything, send nothing")
    parser.add_argument("--json", action="store_true", help="one JSON line a file on stdout")
    parser.add_argument("--excel", type=Path, metavar="FILE", help="write the report as an Excel file too")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="where the import keeps how far it is")


def _pair(text: str) -> frozenset[str]:
    pair = frozenset(part.strip() for part in text.split("=") if part.strip())
    if len(pair) != 2:
        raise argparse.ArgumentTypeError(f"{text!r}: write CODE=CODE")
    return pair


def _run(args: argparse.Namespace) -> int:
    from edge.vision.distance import as_euclidean
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from enroll.importing import matching, report
    from enroll.importing.importer import Distances, Importer
    from enroll.importing.journal import Head, Journal
    from enroll.importing.lists import read_list
    from enroll.importing.sources import open_source
    from enroll.service import SchoolService

    photos, lines = open_source(args.photos)
    listed = read_list(args.listed) if args.listed else None
    models = ModelStore.of_this_machine()
    pipeline, embedder = load_pipeline(models), models.needed("embedder")
    identify = embedder.threshold("identify")
    pair = embedder.thresholds.get("pair", identify)
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with SchoolService(args.service, args.school, login=args.login, password=password) as service:
        pupils = {one.code: one for one in service.pupils()}
        if listed is None:
            whose, nobody = matching.by_name(photos, pupils)
        else:
            whose, nobody = matching.by_list(photos, listed, pupils, [line.file for line in lines])
        lines += nobody
        code_of = {one.id: one.code for one in pupils.values()}
        journal = None
        if not args.dry_run:
            file = args.journal or args.photos.resolve().with_name(f"{args.photos.resolve().name}.import")
            journal = Journal(file, Head(service=args.service, school=args.school, model=pipeline.model))
            if journal.sent:
                sys.stderr.write(f"going on after {len(journal.sent)} pupils who are in the service already\n")
        importer = Importer(
            pipeline,
            service,
            pupils,
            {code_of.get(one, one): known for one, known in service.gallery(pipeline.model).items()},
            Distances(as_euclidean(identify, embedder.measure), as_euclidean(pair, embedder.measure)),
            args.two_people,
            journal,
            _Bar(sum(map(len, whose.values()))).step,
        )
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
