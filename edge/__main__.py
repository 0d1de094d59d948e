"""`diemdanh-edge`: the unit's command line. A new command is one line in COMMANDS."""

import sys
from collections.abc import Sequence

from edge.command_line import dispatch
from edge.doctor import cli_db, cli_doctor
from edge.identity import cli_claim, cli_renew
from edge.panel import cli_panel
from edge.recogniser import (
    cli_bench,
    cli_calibrate,
    cli_cards,
    cli_enrol,
    cli_review,
    cli_roster,
    cli_run,
    cli_status,
    cli_switch,
    cli_watch,
)
from edge.update import cli_update
from edge.uplink import cli_uplink
from edge.vision import cli_evaluate, cli_models
from edge.vision.threads import one_thread_for_numpy

COMMANDS = (
    cli_models.add,
    cli_switch.add,
    cli_watch.add,
    cli_evaluate.add,
    cli_claim.add,
    cli_renew.add,
    cli_update.add,
    cli_enrol.add,
    cli_roster.add,
    cli_review.add,
    cli_calibrate.add,
    cli_run.add,
    cli_bench.add,
    cli_uplink.add,
    cli_panel.add,
    cli_panel.add_pin,
    cli_status.add,
    cli_cards.add,
    cli_doctor.add,
    cli_db.add,
)


def main(argv: Sequence[str] | None = None) -> int:
    # No command has imported numpy yet: each does so when it runs.
    one_thread_for_numpy()
    return dispatch(
        "diemdanh-edge",
        "The unit at the gate: sees faces, knows whom it may know, and keeps every passage until the cloud has it.",
        examples="""
            diemdanh-edge models pull                          fetch and convert the models, once
            diemdanh-edge watch --source 0 --gallery photos/   who is in front of the first camera?
            diemdanh-edge COMMAND --help                       more about one command
        """,
        commands=COMMANDS,
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
