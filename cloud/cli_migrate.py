"""`diemdanh-cloud migrate`: the database gets the schema that this version of the service needs."""

import argparse
import os
import sys

from cloud.kit.loading import loading
from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "migrate",
        "bring the database to the schema of this version, and keep what is in it",
        examples="""
            diemdanh-cloud migrate                            before the first start and after every update
            diemdanh-cloud migrate --write "Leave requests"   for developers: the migration that the models need
        """,
        run=run,
    )
    parser.add_argument(
        "--write", metavar="MESSAGE", help="write a new version from the difference between models and database"
    )


def run(args: argparse.Namespace) -> int:
    with loading():
        from cloud import migrations
        from cloud.kit.schema import revision_of
        from cloud.kit.start import connect, read_settings

    database = connect(read_settings(os.environ))
    before = revision_of(database)
    migrations.upgrade(database)
    after = revision_of(database)
    done = "it was up to date" if before == after else f"brought up from {before or 'nothing'}"
    sys.stderr.write(f"Schema {after}: {done}.\n")
    if args.write:
        migrations.write_revision(database, args.write)
    return 0
