"""`diemdanh-cloud vapid-key`: the key pair that push services know the school by."""

import argparse
import sys

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    add_command(
        commands,
        "vapid-key",
        "make a key for Web Push and print it",
        examples="""
            export DIEMDANH_CLOUD_VAPID_PRIVATE_KEY=$(diemdanh-cloud vapid-key)   keep it: a new key loses every browser
        """,
        run=run,
    )


def run(_: argparse.Namespace) -> int:
    from cloud.notifications.vapid import new_private_key

    sys.stdout.write(f"{new_private_key()}\n")
    return 0
