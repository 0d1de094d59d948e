"""`diemdanh-enroll`: the kiosk's command line. A new command is one line in COMMANDS."""

import sys
from collections.abc import Sequence

from edge.contract.command_line import dispatch
from edge.errors import EdgeError
from enroll import cli_check, cli_import, cli_photos, cli_serve

COMMANDS = (cli_check.add, cli_import.add, cli_photos.add, cli_serve.add)


def main(argv: Sequence[str] | None = None) -> int:
    return dispatch(
        "diemdanh-enroll",
        "Enrolment on the school's own machine: photos are judged here, and leave it only as templates.",
        examples="""
            diemdanh-enroll check photos/       which photos are good to enrol
            diemdanh-enroll import --help       whole folders into the service
            diemdanh-enroll serve               the kiosk: a page with a camera
        """,
        commands=COMMANDS,
        expected=EdgeError,
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
