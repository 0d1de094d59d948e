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
        "give somebody a log-in, or a new password",
        examples="""
            diemdanh-cloud user add hanh --name "Cô Hạnh" --role administrator=bai-thom
            diemdanh-cloud user add mai --name "Cô Mai" --role homeroom_teacher=bai-thom
            diemdanh-cloud user add tam --name "Thầy Tâm" --role vice_principal=bai-thom/grade=3
            diemdanh-cloud user add hanh --name "Cô Hạnh" < password-file      instead of asking for the password
            diemdanh-cloud user reset hanh                                     the password is forgotten: prints a link
            diemdanh-cloud user second-step-off hanh                           the phone and the codes are lost
        """,
        run=_add,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="add a user")
    adding.add_argument("login", help="what they type to log in; large and small letters are the same")
    adding.add_argument("--name", help="as the pages address them; the log-in name if left out")
    adding.add_argument(
        "--role",
        metavar="ROLE=SCHOOL[/grade=N|/class=NAME]",
        action="append",
        default=[],
        help="a role in the school with this slug, within the role's usual scope or the one given; may be repeated",
    )
    alone = actions.add_parser("second-step-off", help="let a user in by the password alone; they are told")
    alone.add_argument("login")
    alone.set_defaults(run=_second_step_off)
    resetting = actions.add_parser(
        "reset",
        help="print a link and a code with which a user chooses a new password, once; they are told",
        epilog="example: diemdanh-cloud user reset hanh",
    )
    resetting.add_argument("login", help="what they type to log in")
    resetting.set_defaults(run=_reset)


def _reset(args: argparse.Namespace) -> int:
    from cloud.accounts import new_password, queries
    from cloud.accounts.codes import as_printed
    from cloud.accounts.rules import normal_login
    from cloud.kit.clock import system_clock
    from cloud.kit.errors import NotFound
    from cloud.kit.start import connect, read_settings

    settings = read_settings(os.environ)
    with connect(settings).writing() as session:
        user = queries.user_by_login(session, normal_login(args.login))
        if user is None:
            raise NotFound(f"{args.login}: nobody logs in by this name")
        code = new_password.make_code(
            session, user.id, by_id=None, by_name="diemdanh-cloud user", school_id=None, now=system_clock()
        )
    sys.stdout.write(f"{settings.public_url.rstrip('/')}/join/{code}\n{as_printed(code)}\n")
    sys.stderr.write(
        f"{user.login} chooses a new password by this link, or by typing the code under /join: once, within"
        f" {new_password.LIFE.days} days. Give it to nobody else.\n"
    )
    return 0


def _second_step_off(args: argparse.Namespace) -> int:
    from cloud.accounts import history_queries, queries
    from cloud.accounts.history import Change
    from cloud.accounts.rules import normal_login
    from cloud.accounts.second_step import queries as second_step
    from cloud.kit.clock import system_clock
    from cloud.kit.errors import NotFound
    from cloud.kit.start import connect, read_settings

    with connect(read_settings(os.environ)).writing() as session:
        user = queries.user_by_login(session, normal_login(args.login))
        if user is None or not second_step.forget(session, user.id):
            raise NotFound(f"{args.login}: nobody of this log-in name has a second step")
        history_queries.add(
            session, user.id, Change.SECOND_STEP_RESET, by_name="diemdanh-cloud user", now=system_clock()
        )
    sys.stderr.write(f"{user.login} logs in by the password alone.\n")
    return 0


def _add(args: argparse.Namespace) -> int:
    from cloud.accounts.access import Grant
    from cloud.accounts.passwords import Passwords
    from cloud.accounts.registering import register
    from cloud.accounts.wanted import read_wanted
    from cloud.kit.errors import NotFound
    from cloud.kit.start import connect, read_settings
    from cloud.school.queries import class_by_name, school_by_slug

    database = connect(read_settings(os.environ))
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with database.writing() as session:
        grants = []
        for text in args.role:
            wanted = read_wanted(text)
            school_id = school_by_slug(session, wanted.school)
            if school_id is None:
                raise NotFound(f"--role {text}: there is no school {wanted.school}")
            class_id = class_by_name(session, school_id, wanted.class_name) if wanted.class_name else None
            if wanted.class_name and class_id is None:
                raise NotFound(f"--role {text}: {wanted.school} has no class {wanted.class_name}")
            grants.append(Grant(wanted.role, school_id, wanted.scope, class_id, wanted.grade))
        user = register(
            session, Passwords(), args.login, name=args.name or args.login, password=password, grants=grants
        )
        sys.stderr.write(f"{user.login} may log in.\n")
    return 0
