"""`diemdanh-cloud user`: who may log in."""

import argparse
import getpass
import os
import sys

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "user",
        "give somebody a log-in",
        examples="""
            diemdanh-cloud user add hanh --name "Cô Hạnh" --administrator-of bai-thom   asks for the password
            diemdanh-cloud user add hanh --name "Cô Hạnh" < password-file               takes it from a file
        """,
        run=_add,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="add a user")
    adding.add_argument("login", help="what they type to log in; large and small letters are the same")
    adding.add_argument("--name", help="as the pages address them; the log-in name if left out")
    adding.add_argument(
        "--administrator-of",
        metavar="SLUG",
        action="append",
        default=[],
        help="sees the whole of this school; may be given several times",
    )


def _add(args: argparse.Namespace) -> int:
    from cloud.accounts.access import Grant, Role
    from cloud.accounts.passwords import Passwords
    from cloud.accounts.registering import register
    from cloud.kit.errors import NotFound
    from cloud.kit.start import connect, read_settings
    from cloud.school.queries import school_by_slug

    database = connect(read_settings(os.environ))
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with database.writing() as session:
        grants = []
        for slug in args.administrator_of:
            school_id = school_by_slug(session, slug)
            if school_id is None:
                raise NotFound(f"there is no school {slug}")
            grants.append(Grant(Role.ADMINISTRATOR, school_id))
        user = register(
            session, Passwords(), args.login, name=args.name or args.login, password=password, grants=grants
        )
        sys.stderr.write(f"{user.login} may log in.\n")
    return 0
