"""`diemdanh-edge status`: what the unit holds, without disturbing it."""

import argparse
import json
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "status",
        "show what waits for the cloud, whom the unit knows and how its camera is",
        examples="""
            diemdanh-edge status                                   for people
            diemdanh-edge status --json | jq .backlog              for programs
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _run(args: argparse.Namespace) -> int:
    from edge.clock import SystemClock
    from edge.store import vital_signs
    from edge.store.db import connect
    from edge.store.outbox import Outbox
    from edge.store.roster import people_known

    settings = read_settings(args)
    clock = SystemClock()
    connection = connect(settings.data_dir)
    outbox = Outbox(connection, clock)
    counts = outbox.counts()
    signs = vital_signs.read(connection, clock)
    facts = {
        "device": settings.device,
        "backlog": counts.backlog,
        "oldest": counts.oldest.isoformat() if counts.oldest else None,
        "set_aside": counts.set_aside,
        "last_seq": outbox.last_seq(),
        "roster_size": people_known(connection),
        "camera": signs.camera,
        "frames_per_s": signs.frames_per_s,
        "missed_frames": signs.missed_frames,
        "missed_looks": signs.missed_looks,
        "clock_trusted": clock.reading().trusted,
    }
    if args.json:
        print(json.dumps(facts))
    else:
        for name, value in facts.items():
            print(f"{name.replace('_', ' '):14} {'-' if value is None else value}")
    return 0
