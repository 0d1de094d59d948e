"""`diemdanh-cloud impact-assessment`: the data-protection impact assessment of one school."""

import argparse
import os
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "impact-assessment",
        "write a school's data-protection impact assessment from what is really configured",
        examples="""
            diemdanh-cloud impact-assessment --school hoa-sen --out danh-gia.pdf                 in Vietnamese
            diemdanh-cloud impact-assessment --school hoa-sen --out assessment.md --language en  in English, as Markdown
        """,
        run=_run,
    )
    parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .pdf or .md")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")


def _run(args: argparse.Namespace) -> int:
    from cloud.kit.clock import school_day, system_clock
    from cloud.kit.errors import Invalid, NotFound
    from cloud.kit.i18n import language_of
    from cloud.kit.start import connect, read_settings
    from cloud.reports.assessment import Setup, as_markdown, as_pdf, write
    from cloud.reports.assessment_queries import school_facts
    from cloud.school.queries import school_by_slug

    if args.out.suffix not in (".pdf", ".md"):
        raise Invalid(f"--out {args.out}: a name that ends in .pdf or .md")
    settings, now = read_settings(os.environ), system_clock()
    database = connect(settings)
    with database.reading() as session:
        school_id = school_by_slug(session, args.school)
        if school_id is None:
            raise NotFound(f"There is no school “{args.school}” in this database: check --school.")
        facts = school_facts(session, school_id, now=now)
    setup = Setup(
        database="SQLite" if database.is_sqlite else "PostgreSQL",
        keys_apart=settings.keyring_url.get_secret_value() != settings.database_url.get_secret_value(),
        has_secret=settings.secret_key is not None,
        https=settings.public_url.startswith("https://"),
        broker_tls=settings.broker_url.startswith("mqtts://"),
    )
    title, made, parts = write(facts, setup, language_of(args.language), school_day(now))
    try:
        if args.out.suffix == ".pdf":
            args.out.write_bytes(as_pdf(title, made, parts))
        else:
            args.out.write_text(as_markdown(title, made, parts), encoding="utf-8")
    except OSError as error:
        raise Invalid(f"--out {args.out}: {error.strerror}") from error
    sys.stderr.write(f"{args.out} written\n")
    return 0
