"""`diemdanh-cloud audit-check`: whether a school's log of changes is still what it was when somebody kept a copy."""

import argparse
import os
import sys
from pathlib import Path

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "audit-check",
        "check an exported log of changes, and the database against it",
        examples="""
            diemdanh-cloud audit-check audit-bai-thom.json      as it came from the page "Log of changes"; .csv does too
        """,
        run=_check,
    )
    parser.add_argument("file", type=Path)


def _check(args: argparse.Namespace) -> int:
    from cloud.accounts import audit_queries as audit
    from cloud.accounts.audit_chain import first_wrong
    from cloud.accounts.audit_copy import read
    from cloud.kit.errors import Conflict, Invalid
    from cloud.kit.start import connect, read_settings

    try:
        copy = read(args.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{args.file}: {error}") from error
    if (wrong := first_wrong(copy.school_id, copy.entries)) is not None:
        raise Conflict(f"{args.file}: the copy itself was changed at entry {wrong}")
    with connect(read_settings(os.environ)).reading() as session:
        if (broken := audit.first_broken(session, copy.school_id)) is not None:
            raise Conflict(f"the database: its chain is broken at entry {broken}")
        digests = {one.number: one.digest for one in audit.entries(session, copy.school_id)}
    differing = [one.number for one in copy.entries if digests.get(one.number) != one.digest]
    if differing:
        raise Conflict(f"the database: entry {differing[0]} is another one than in {args.file}")
    newer = len(digests) - len(copy.entries)
    sys.stderr.write(f"{len(copy.entries)} entries stand unchanged in the database; {newer} came after.\n")
    return 0
