"""`diemdanh-edge models switch`: another embedder for this unit, without a moment in which nobody is known."""

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from edge.errors import Misconfigured
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    import apsw

    from edge.command_line import Commands
    from edge.recogniser.re_embedding import Readiness
    from edge.settings import EdgeSettings

NICE = 10
"""The recogniser comes first."""


def add(commands: "Commands") -> None:
    """To the command `models`, which is there already: vision knows no roster, and cannot switch by itself."""
    parser = commands.choices["models"]
    parser.set_defaults(switch=_run)
    group = parser.add_argument_group("switch", "the other embedder's gallery is made beside the one that serves")
    group.add_argument(
        "--share", type=float, default=1.0, metavar="S",
        help="of the people known now, how many the other one must know before it serves; default 1, everybody",
    )  # fmt: skip
    group.add_argument("--anyway", action="store_true", help="however many must be enrolled again")
    group.add_argument("--prepare", action="store_true", help="make its templates and say who is ready; change nothing")
    group.add_argument("--back", action="store_true", help="the model of before serves again, with what it knew")
    group.add_argument("--finish", action="store_true", help="erase the templates of the model that does not serve")
    group.add_argument("--json", action="store_true", help="one JSON object on stdout")
    add_settings_argument(parser)


def _run(args: argparse.Namespace) -> int:
    from edge.store.db import connect

    chosen = [option for option in ("prepare", "back", "finish") if getattr(args, option)]
    takes = 0 if args.back or args.finish else 1
    if len(args.names) != takes or len(chosen) > 1:
        raise Misconfigured("models switch: one embedder's NAME, or --back, or --finish")
    if not 0 <= args.share <= 1:
        raise Misconfigured(f"--share {args.share}: a share between 0 and 1, 0.95 is nineteen of twenty people")
    settings = read_settings(args)
    connection = connect(settings.data_dir)
    if args.back:
        return _back(args, settings, connection)
    if args.finish:
        return _finish(args, settings, connection)
    return _switch(args, settings, connection)


def _switch(args: argparse.Namespace, settings: "EdgeSettings", connection: "apsw.Connection") -> int:
    from edge.recogniser.re_embedding import re_embed, readiness
    from edge.recogniser.renewal import load_named
    from edge.recogniser.served import served_models
    from edge.store.crops import Crops
    from edge.store.delivered_keys import DeliveredKeys
    from edge.store.key_file import read_or_make_key
    from edge.store.roster import Roster
    from edge.store.serving import Named, ServingModel

    now = served_models(settings).needed("embedder")
    loaded = load_named(args.names[0])
    other = loaded.models.needed("embedder")
    if now.digest == other.digest:
        sys.stderr.write(f"{other.name} serves already\n")
        return 0
    serving = ServingModel(connection, settings.embedder)
    serving.prepare(Named(now.name, now.digest), Named(other.name, other.digest))
    os.nice(NICE)
    key = read_or_make_key(settings.data_dir)
    roster = Roster(connection, key, DeliveredKeys(settings.roster_keys).get)
    made = re_embed(Crops(connection, key), roster, loaded.aligner, loaded.embedder, tell)
    ready = readiness(roster, now.digest, other.digest)
    refused = not args.prepare and not args.anyway and ready.share < args.share
    # Nobody would be known: that is no change but an end.
    refused = refused or (not args.prepare and bool(ready.people) and len(ready.enrol_again) == ready.people)
    changes = not refused and not args.prepare
    if changes:
        serving.change()
    if args.json:
        print(json.dumps({
            "from": now.name, "to": other.name, "templates_made": made, "people": ready.people,
            "ready": ready.people - len(ready.enrol_again), "changed": changes,
            "enrol_again": list(ready.enrol_again),
        }))  # fmt: skip
    else:
        _name(ready, other.name)
    if refused:
        sys.stderr.write(
            f"not changed: {other.name} knows {ready.share:.1%} of {ready.people} people. {now.name} goes on serving. "
            "Enrol the others (they are enrolled with both models now), or --share, or --anyway\n"
        )
        return 1
    if changes:
        sys.stderr.write(
            f"{other.name} serves; a running recogniser takes it over by itself. Its manifest's strict preset applies "
            "until `diemdanh-edge calibrate` has run: a calibration of another model is refused. "
            "`models switch --back` takes it back, `models switch --finish` ends it\n"
        )
    return 0


def _name(ready: "Readiness", other: str) -> None:
    print(f"{ready.people - len(ready.enrol_again)} of {ready.people} people are known by {other}")
    for person in ready.enrol_again:
        print(f"  {person}: no crop was kept: enrol the person again")


def _back(args: argparse.Namespace, settings: "EdgeSettings", connection: "apsw.Connection") -> int:
    from edge.recogniser.renewal import load_named
    from edge.store.serving import ServingModel

    serving = ServingModel(connection, settings.embedder)
    found = serving.read()
    if found is not None and found.other is not None and found.changed:
        # Is it still here, and whole?
        load_named(found.other.name)
    after = serving.change(back=True)
    if args.json:
        print(json.dumps({"serves": after.now.name, "kept": after.other.name if after.other else None}))
    sys.stderr.write(f"{after.now.name} serves again\n")
    return 0


def _finish(args: argparse.Namespace, settings: "EdgeSettings", connection: "apsw.Connection") -> int:
    from edge.recogniser.calibration_file import drop_calibrations_of
    from edge.recogniser.re_embedding import readiness
    from edge.store.delivered_keys import DeliveredKeys
    from edge.store.key_file import read_or_make_key
    from edge.store.roster import Roster
    from edge.store.serving import ServingModel

    serving = ServingModel(connection, settings.embedder)
    found = serving.read()
    if found is not None and found.other is not None and found.changed and not args.anyway:
        roster = Roster(connection, read_or_make_key(settings.data_dir), DeliveredKeys(settings.roster_keys).get)
        lost = readiness(roster, found.other.model, found.now.model).enrol_again
        if lost:
            raise Misconfigured(
                f"not finished: {len(lost)} people are known by {found.other.name} alone and would leave this unit: "
                "enrol them (`roster check` names them), or --anyway"
            )
    erased, count = serving.finish()
    drop_calibrations_of(settings.data_dir, erased.model)
    name = serving.name()
    if args.json:
        print(json.dumps({"erased": erased.name, "templates": count, "serves": name}))
    sys.stderr.write(f"{count} templates of {erased.name} erased")
    sys.stderr.write(f'; now set embedder = "{name}" in the settings too\n' if name != (settings.embedder or None)
                     else "\n")  # fmt: skip
    return 0


def tell(done: int, total: int) -> None:
    """On a terminal a bar, in a log every hundred crops."""
    if sys.stderr.isatty():
        bar = "#" * (30 * done // total)
        sys.stderr.write(f"\r[{bar:30}] {done} of {total} crops\x1b[K" + ("\n" if done == total else ""))
    elif done % 100 == 0 or done == total:
        sys.stderr.write(f"{done} of {total} crops\n")
    sys.stderr.flush()
