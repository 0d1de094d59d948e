"""`diemdanh-cloud seed --demo`: a made-up school to look at."""

import argparse
import os
import sys

from cloud.kit.loading import loading
from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "seed",
        "fill the database with a made-up school, marked as such",
        examples="""
            diemdanh-cloud seed --demo                                28 classes, 826 pupils, 83 staff, log-ins
            diemdanh-cloud seed --demo --person "An" --person "Bình"  pupils of these names, for a gallery that has them
            diemdanh-cloud seed --demo | jq .logins                   the log-ins as JSON
        """,
        run=run,
    )
    parser.add_argument("--demo", action="store_true", required=True, help="yes, made-up data")
    parser.add_argument(
        "--person",
        action="append",
        default=[],
        metavar="NAME",
        help="name a pupil so and print the reference for a unit's gallery; may be given again",
    )


def run(args: argparse.Namespace) -> int:
    with loading():
        from cloud.accounts.passwords import Passwords
        from cloud.demo.seed import seed_demo
        from cloud.kit.clock import system_clock
        from cloud.kit.schema import require_current
        from cloud.kit.start import connect, read_settings

    database = connect(read_settings(os.environ))
    require_current(database)
    seeded = seed_demo(database, args.person, Passwords(), system_clock, _say)
    for login in seeded.logins:
        _say(f"log-in {login.login} / {login.password}   {login.name}, {login.role} of {login.child or 'the school'}")
    print(seeded.model_dump_json(indent=2))
    return 0


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr)
