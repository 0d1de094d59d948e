"""`diemdanh-cloud zalo-token`: the refresh token that sending by Zalo begins with."""

import argparse
import os
import sys

from edge.contract.command_line import Commands, add_command


def add(commands: Commands) -> None:
    add_command(
        commands,
        "zalo-token",
        "read a refresh token of the school's Zalo official account from standard input, and keep it sealed",
        examples="""
            diemdanh-cloud zalo-token < token.txt   once; again when the worker says that Zalo gives no token
        """,
        run=run,
    )


def run(_: argparse.Namespace) -> int:
    from cloud.kit.clock import system_clock
    from cloud.kit.start import connect, read_settings
    from cloud.notifications.zalo_tokens import store_refresh_token

    settings = read_settings(os.environ)
    store_refresh_token(connect(settings), settings.secret_key, sys.stdin.readline().strip(), system_clock())
    sys.stderr.write("Kept. It is used, and replaced, when the next message goes by Zalo.\n")
    return 0
