"""`diemdanh-cloud`: the service's command line. A new command is one line in COMMANDS."""

import logging
import sys
from collections.abc import Sequence

from cloud import cli_audit, cli_migrate, cli_serve, cli_user, cli_worker
from cloud.backup import cli_backup
from cloud.demo import cli_seed
from cloud.devices import cli_device
from cloud.devices.identity import cli_broker_files
from cloud.devices.releases import cli_release
from cloud.kit.errors import CloudError
from cloud.notifications import cli_vapid_key, cli_zalo_token
from cloud.people import cli_exchange
from cloud.reports import cli_assessment
from cloud.school import cli_school
from edge.contract.command_line import dispatch

COMMANDS = (
    cli_migrate.add,
    cli_serve.add,
    cli_worker.add,
    cli_school.add,
    cli_user.add,
    cli_audit.add,
    cli_device.add,
    cli_broker_files.add,
    cli_release.add,
    cli_seed.add,
    cli_vapid_key.add,
    cli_zalo_token.add,
    cli_exchange.add_import,
    cli_exchange.add_export,
    cli_assessment.add,
    cli_backup.add_backup,
    cli_backup.add_restore,
    cli_backup.add_backup_key,
)


def main(argv: Sequence[str] | None = None) -> int:
    # It tells what it loads, at every command; what it does, `migrate` says in its own words.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return dispatch(
        "diemdanh-cloud",
        "The school's service: takes in what units see, shows it to those who may know, and tells parents.",
        examples="""
            diemdanh-cloud migrate          once, and after every update
            diemdanh-cloud serve            the pages, on http://127.0.0.1:8000
            diemdanh-cloud worker           ingest and messages, beside it
            diemdanh-cloud COMMAND --help   more about one command
        """,
        commands=COMMANDS,
        expected=CloudError,
        argv=argv,
    )


if __name__ == "__main__":
    sys.exit(main())
