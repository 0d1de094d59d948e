"""`diemdanh-cloud import` and `export`: pupils from and to the sector database's Excel files, and staff."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.contract.command_line import Commands, add_command

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from cloud.people.exchange.planning import ImportPlan
    from cloud.school.calendar.facts import Span

ONEROSTER = "oneroster"
STAFF_SHEET = "staff"
FORMAT_NAMES = ("class-export", "c1-hocsinh", STAFF_SHEET, ONEROSTER)


def add_import(commands: Commands) -> None:
    parser = add_command(
        commands,
        "import",
        "take people in from an Excel file of the sector database, from the sheet of staff or, with the rest of a "
        "roster, from a OneRoster zip",
        examples="""
            diemdanh-cloud import hoc-sinh.xlsx --school hoa-sen --dry-run   shows every change and every rejected row
            diemdanh-cloud import hoc-sinh.xlsx --school hoa-sen             does it, in one transaction
            diemdanh-cloud import can-bo.xlsx --school hoa-sen --dry-run     the same for the sheet of staff
            diemdanh-cloud import roster.zip --school hoa-sen --dry-run      the same for OneRoster 1.2 in bulk
        """,
        run=_import,
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="an .xlsx or .xls with one of the known headers, or a .zip with manifest.csv",
    )
    parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")


def add_export(commands: Commands) -> None:
    parser = add_command(
        commands,
        "export",
        "write a school's pupils to an Excel file of the sector database, its staff, or its roster as OneRoster 1.2",
        examples="""
            diemdanh-cloud export hoc-sinh.xlsx --school hoa-sen                        class by class
            diemdanh-cloud export c1.xlsx --school hoa-sen --format c1-hocsinh          as the C1-HocSinh sheet
            diemdanh-cloud export can-bo.xlsx --school hoa-sen --format staff           the staff, to fill in or to mend
            diemdanh-cloud export roster.zip --school hoa-sen --format oneroster        everything, as OneRoster 1.2
        """,
        run=_export,
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    parser.add_argument("--format", choices=FORMAT_NAMES, default=FORMAT_NAMES[0])


def _import(args: argparse.Namespace) -> int:
    from cloud.kit.clock import school_day, system_clock
    from cloud.kit.start import connect, read_settings
    from cloud.people.exchange.importing import carry_out, plan
    from cloud.people.exchange.reading import read_bytes, read_excel
    from cloud.people.oneroster.archive import is_oneroster
    from cloud.people.oneroster.reading import read_oneroster

    now = system_clock()
    content = read_bytes(args.file)
    database = connect(read_settings(os.environ))
    with database.reading() if args.dry_run else database.writing() as session:
        school_id = _school(session, args.school)
        if is_oneroster(content):
            contents = read_oneroster(content, args.file.name, session, school_id, school_day(now))
        else:
            contents = read_excel(content, args.file.name, school_day(now))
        planned = plan(session, school_id, contents, sets_calendar=True)
        if not args.dry_run:
            carry_out(session, school_id, planned, now=now, by=None, progress=_progress)
    _show(planned, in_detail=args.dry_run)
    sys.stderr.write("Nothing was changed: this was a dry run.\n" if args.dry_run else "Done.\n")
    return 0


def _export(args: argparse.Namespace) -> int:
    from cloud.kit.clock import school_day, system_clock
    from cloud.kit.start import connect, read_settings
    from cloud.people.exchange import queries
    from cloud.people.exchange.formats import FORMATS
    from cloud.people.exchange.writing import write_excel, write_staff
    from cloud.people.oneroster.queries import roster
    from cloud.people.oneroster.writing import write_oneroster

    with connect(read_settings(os.environ)).reading() as session:
        school_id = _school(session, args.school)
        if args.format == ONEROSTER:
            found = roster(session, school_id, school_day(system_clock()))
            args.file.write_bytes(write_oneroster(found))
            sys.stderr.write(f"{len(found.pupils)} pupils written to {args.file}\n")
            return 0
        if args.format == STAFF_SHEET:
            staff = queries.known_staff(session, school_id)
            args.file.write_bytes(write_staff(staff))
            sys.stderr.write(f"{sum(one.left_on is None for one in staff)} members of staff written to {args.file}\n")
            return 0
        pupils, grades = queries.known_pupils(session, school_id), queries.grades_by_class(session, school_id)
    wanted = next(one for one in FORMATS if one.name == args.format)
    args.file.write_bytes(write_excel(pupils, grades, wanted))
    present = sum(one.left_on is None for one in pupils)
    sys.stderr.write(f"{present} pupils written to {args.file}\n")
    return 0


def _school(session: "Session", slug: str) -> "UUID":
    from cloud.kit.errors import NotFound
    from cloud.school.queries import school_by_slug

    school_id = school_by_slug(session, slug)
    if school_id is None:
        raise NotFound(f"There is no school “{slug}” in this database: check --school.")
    return school_id


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done % 50 == 0 or done == total):
        sys.stderr.write(f"\r{done} of {total} pupils" + ("\n" if done == total else ""))


def _show(planned: "ImportPlan", *, in_detail: bool) -> None:
    """Changes and rejected rows on stdout, one line each; the sums on stderr."""
    out = sys.stdout.write
    if in_detail:
        for year in planned.new_years:
            out(f"{year.file} row {year.number}\t{year.name}\tnew school year, {_days(year.span)}; ")
            out(f"terms: {', '.join(_days(term.span) for term in year.terms)}\n")
        for subject in planned.new_subjects:
            out(f"{subject.file} row {subject.number}\t{subject.code}\tnew subject: {subject.name}\n")
        for one in planned.homerooms:
            said = f"homeroom teacher from {one.from_day}: {one.before or '-'} -> {one.after}"
            out(f"{one.file} row {one.number}\t{one.class_name}\t{said}\n")
        for taught in planned.teaching:
            beside = f", beside {taught.beside}" if taught.beside else ""
            said = f"{taught.subject}, {taught.year} term {taught.term}: new teacher {taught.teacher}{beside}"
            out(f"{taught.file} row {taught.number}\t{taught.class_name}\t{said}\n")
        for new_class in planned.new_classes:
            out(f"class\t{new_class.name}\tnew, grade {new_class.grade}\n")
        for row in planned.new_pupils:
            out(f"row {row.number}\t{row.code}\tnew: {row.full_name}, {row.class_name}\n")
        for change in (*planned.changed, *planned.leaving):
            said = "; ".join(f"{one.field}: {one.before or '-'} -> {one.after}" for one in change.differences)
            out(f"row {change.row.number}\t{change.row.code}\t{said}\n")
        for member in planned.staff:
            said = "; ".join(f"{one.field}: {one.before} -> {one.after}" for one in member.differences) or "new staff"
            out(f"row {member.row.number}\t{member.row.code}\t{said}\n")
    for rejected in planned.rejected:
        where = f"{rejected.file} row" if rejected.file else "row"
        out(f"{where} {rejected.number}\trejected\t{'; '.join(map(str, rejected.reasons))}\n")
    sys.stderr.write(
        f"{len(planned.new_pupils)} new, {len(planned.changed)} changed, {len(planned.leaving)} leaving, "
        f"{planned.unchanged} as before, {len(planned.rejected)} rejected; "
        f"{len(planned.new_classes)} new classes, "
        f"{len(planned.new_guardian_phones) + len(planned.new_guardians)} new guardians, "
        f"{len(planned.staff)} changes of staff, {len(planned.new_years)} new school years, "
        f"{len(planned.new_subjects)} new subjects, {len(planned.homerooms)} homeroom teachers, "
        f"{len(planned.teaching)} teaching assignments\n"
    )


def _days(span: "Span") -> str:
    return f"{span.first} to {span.last}"
