"""`diemdanh-edge roster`: is what this unit knows of people sound; who is linked to whom; who is to be forgotten."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "roster",
        "look for people enrolled twice, wrong photos and faces of another model, link look-alikes, erase a person",
        examples="""
            diemdanh-edge roster check                 two people too near to each other; photos unlike their person
            diemdanh-edge roster link hs-1 hs-2        twins: from now on a card or staff tells them apart
            diemdanh-edge roster unlink hs-1 hs-2      what was linked here; the cloud takes back its own
            diemdanh-edge roster erase hs-1            everything of this person on this unit
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("action", choices=("check", "link", "unlink", "erase"))
    parser.add_argument("people", nargs="*", metavar="REFERENCE", help="two to link or unlink, one to erase")
    parser.add_argument("--json", action="store_true", help="of check: one JSON object on stdout")


def _run(args: argparse.Namespace) -> int:
    from edge.errors import Misconfigured

    wanted = {"check": 0, "link": 2, "unlink": 2, "erase": 1}[args.action]
    if len(set(args.people)) != wanted or len(args.people) != wanted:
        raise Misconfigured(f"roster {args.action}: it takes {wanted or 'no'} references, all different")
    if args.action == "check":
        return _check(args)
    return _erase(args) if args.action == "erase" else _link(args)


def _check(args: argparse.Namespace) -> int:
    import numpy as np

    from edge.recogniser.calibration_file import calibrations_of
    from edge.recogniser.presets import rules_for
    from edge.recogniser.served import served_models, serving
    from edge.store.db import connect
    from edge.store.delivered_keys import DeliveredKeys
    from edge.store.key_file import read_or_make_key
    from edge.store.look_alikes import LookAlikes
    from edge.store.roster import Roster
    from edge.vision.duplicates import duplicates
    from edge.vision.outliers import outliers

    settings = read_settings(args)
    models = served_models(settings)
    embedder = models.needed("embedder")
    connection = connect(settings.data_dir)
    switched = serving(settings) is not None
    calibration, _ = calibrations_of(connection, settings.data_dir, embedder.digest, switched=switched)
    rules = rules_for(models, calibration=calibration)
    keys = DeliveredKeys(settings.roster_keys).get
    roster = Roster(connection, read_or_make_key(settings.data_dir), keys)
    enrolled, enrol_again = roster.templates(embedder.digest), roster.people_without(embedder.digest)
    persons = [one.person for one in enrolled]
    templates = np.stack([one.template for one in enrolled]) if enrolled else np.empty((0, 1), np.float32)
    unlike = outliers(persons, templates, embedder.thresholds.get("pair", rules.ask_threshold), embedder.measure)
    kept = np.setdiff1d(np.arange(len(persons)), [one.index for one in unlike])
    alike = duplicates([persons[index] for index in kept], templates[kept], rules.threshold, embedder.measure)
    linked = LookAlikes(connection).pairs()
    if args.json:
        print(json.dumps({
            "people": len(set(persons)), "templates": len(persons), "threshold": rules.threshold,
            "duplicates": [{"people": [pair.one, pair.other], "distance": pair.distance} for pair in alike],
            "outliers": [{"person": one.person, "template": one.number, "distance": one.distance} for one in unlike],
            "enrol_again": enrol_again,
            "linked": [{"people": [pair.one, pair.other], "by": pair.by} for pair in linked],
        }))  # fmt: skip
        return 0
    known = {(pair.one, pair.other): ", ".join(pair.by) for pair in linked}
    print(f"{len(set(persons))} people, {len(persons)} templates")
    for pair in alike:
        by = known.get((pair.one, pair.other))
        what = f"linked by {by}" if by else "one person enrolled twice, or look-alikes: erase one, or link them"
        print(f"  {pair.one}  {pair.other}  {pair.distance:.4f} apart, within {rules.threshold:.4f}: {what}")
    for one in unlike:
        print(f"  {one.person}, template {one.number}: {one.distance:.4f} from the nearest other of the same person; "
              "left out of matching: enrol the person again")  # fmt: skip
    for person in enrol_again:
        print(f"  {person}: enrolled with another model, not known by {embedder.name}: enrol the person again")
    print(f"{len(linked)} pairs are linked")
    return 0


def _link(args: argparse.Namespace) -> int:
    from edge.contract.wire import PersonRef
    from edge.errors import Misconfigured
    from edge.store.db import connect
    from edge.store.look_alikes import LinkedBy, LookAlikes

    look_alikes = LookAlikes(connect(read_settings(args).data_dir))
    if args.action == "link":
        from pydantic import TypeAdapter, ValidationError

        try:
            one, other = (TypeAdapter[str](PersonRef).validate_python(person) for person in args.people)
        except ValidationError as error:
            raise Misconfigured("people are linked by their references, never by their names") from error
        look_alikes.link(LinkedBy.STAFF, one, other)
        sys.stderr.write("linked: a card, a finger or staff tells them apart from now on\n")
        return 0
    if not look_alikes.unlink(*args.people):
        raise Misconfigured("nothing was linked here; what the cloud linked, the cloud takes back")
    sys.stderr.write("no longer linked\n")
    return 0


def _erase(args: argparse.Namespace) -> int:
    from edge.store.db import connect
    from edge.store.key_file import read_or_make_key
    from edge.store.people import People
    from edge.store.roster import Roster

    settings = read_settings(args)
    connection, key = connect(settings.data_dir), read_or_make_key(settings.data_dir)
    People(connection, key).replace((), gone=args.people)
    version = Roster(connection, key).replace({args.people[0]: ()})
    sys.stderr.write(
        f"erased: nothing of this person is left here; roster version {version}. "
        "Whom the cloud delivered, it delivers again: erase the person there\n"
    )
    return 0
