"""`diemdanh-cloud school`: the schools of this installation."""

import argparse
import os
import re
import sys

from edge.contract.command_line import Commands, add_command

LEVELS = {"primary": "grades 1 to 5", "lower_secondary": "grades 6 to 9", "upper_secondary": "grades 10 to 12"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def add(commands: Commands) -> None:
    parser = add_command(
        commands,
        "school",
        "make a school, or list those that are there",
        examples="""
            diemdanh-cloud school add bai-thom --name "Trường Tiểu học Bãi Thơm"
            diemdanh-cloud school add an-thoi --name "Trường THCS An Thới" --level lower_secondary
            diemdanh-cloud user add hanh --name "Cô Hạnh" --role administrator=bai-thom    then: who sets it up
            diemdanh-cloud school list
        """,
        run=_list,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="make a school; its pages say what to set up next")
    adding.add_argument("slug", help="its name in addresses: small letters, digits and hyphens, such as bai-thom")
    adding.add_argument("--name", required=True, help="as everybody reads it")
    adding.add_argument(
        "--level", choices=LEVELS, default="primary", help="; ".join(f"{one}: {what}" for one, what in LEVELS.items())
    )
    adding.set_defaults(run=_add)
    actions.add_parser("list", help="one line a school: slug, level, name")


def _add(args: argparse.Namespace) -> int:
    from cloud.kit.errors import Conflict, Invalid
    from cloud.kit.start import connect, read_settings
    from cloud.school.queries import add_school, school_by_slug

    name = " ".join(args.name.split())
    if len(args.slug) > 60 or not SLUG.fullmatch(args.slug):
        raise Invalid(f"{args.slug[:60]}: small letters, digits and hyphens between them, at most 60, such as bai-thom")
    if not 0 < len(name) <= 200:
        raise Invalid("--name: 1 to 200 letters")
    settings = read_settings(os.environ)
    with connect(settings).writing() as session:
        if school_by_slug(session, args.slug) is not None:
            raise Conflict(f"There is a school {args.slug} already.")
        add_school(session, args.slug, name, args.level)
    sys.stderr.write(
        f"{name} is made. Give somebody its administration:\n"
        f'  diemdanh-cloud user add LOGIN --name "…" --role administrator={args.slug}\n'
        f"Then {settings.public_url.rstrip('/')}/schools/{args.slug} says what to set up next.\n"
    )
    return 0


def _list(args: argparse.Namespace) -> int:
    from cloud.kit.start import connect, read_settings
    from cloud.school.queries import schools

    with connect(read_settings(os.environ)).reading() as session:
        for slug, level, name in schools(session):
            sys.stdout.write(f"{slug}\t{level}\t{name}\n")
    return 0
