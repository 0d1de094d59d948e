"""`diemdanh-edge watch`: recognise on any source, without a store. The newcomer's first try."""

import argparse
import contextlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.recogniser.loop import Decision


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "watch",
        "recognise people on any source, without storing anything",
        examples="""
            diemdanh-edge watch --source 0 --gallery photos/                 the first camera
            diemdanh-edge watch --source gate.mp4 --gallery photos/ --json   a clip, one JSON line an outcome
            diemdanh-edge watch --source 0 --gallery photos/ --liveness refuse   can a photo on a phone pass?
        """,
        run=_run,
    )
    parser.add_argument("--source", required=True, metavar="S", help="a file, folder, camera or stream")
    parser.add_argument(
        "--gallery", required=True, metavar="DIR", type=Path, help="a folder of NAME.jpg files or NAME/ folders"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line an outcome on stdout")
    parser.add_argument(
        "--liveness",
        choices=("off", "warn", "refuse"),
        default="warn",
        help="when a face seems to be a picture; default: warn",
    )
    parser.add_argument("--detector", metavar="NAME", help="a detector of the manifest; default: the best one here")
    parser.add_argument("--embedder", metavar="NAME", help="an embedder of the manifest; default: the first one here")


def _run(args: argparse.Namespace) -> int:
    from edge.hardware.select import open_source
    from edge.recogniser.played import recognise_source
    from edge.recogniser.presets import rules_for, switch_on_liveness
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from edge.vision.photo import gallery_from_folder
    from edge.vision.threads import cores, threads_for

    store = ModelStore.of_this_machine(embedder=args.embedder)
    if not store.is_complete():
        sys.stderr.write("The models are not here yet: fetching them, once.\n")
        store.pull()
    pipeline = load_pipeline(store, detector=args.detector, threads=threads_for(cores()))
    gallery, left_out = gallery_from_folder(args.gallery, pipeline)
    for photo in left_out:
        sys.stderr.write(f"left out {photo.file}: {photo.reason}\n")
    rules = rules_for(store, liveness=switch_on_liveness(store, pipeline, args.liveness))
    people = "1 person" if len(gallery.people) == 1 else f"{len(gallery.people)} people"
    sys.stderr.write(f"gallery: {people}, {len(gallery)} photos. Watching {args.source}; Ctrl-C ends it.\n")
    write = _json_line if args.json else _readable_line
    begun = time.monotonic()
    # Enrolment went through the same pipeline: what follows counts the frames alone.
    pipeline.timings.clear()
    try:
        decisions = recognise_source(open_source(args.source), pipeline, lambda: gallery, rules)
        with contextlib.closing(decisions):
            for decision in decisions:
                print(write(decision), flush=True)
    finally:
        count = pipeline.timings.calls.get("detect", 0)
        sys.stderr.write(f"{count} frames, {count / max(time.monotonic() - begun, 1e-9):.0f} a second\n")
    return 0


def _json_line(decision: "Decision") -> str:
    return json.dumps(
        {
            "t_s": round(decision.t_s, 3),
            "track": decision.track,
            "outcome": decision.outcome.value,
            "name": decision.person,
            "distance": _rounded(decision.distance),
            "margin": _rounded(decision.margin),
            "quality": _rounded(decision.quality),
            "liveness": decision.liveness,
        },
        ensure_ascii=False,
    )


def _readable_line(decision: "Decision") -> str:
    from edge.contract import Liveness

    who = decision.person or decision.outcome.value
    if decision.candidates:
        who += f": {' or '.join(decision.candidates[:2])}?"
    distance = "" if decision.distance is None else f"distance {decision.distance:.2f}"
    margin = "" if decision.margin is None else f", the next one {decision.margin:.2f} farther"
    seems = {Liveness.SPOOF: ", perhaps a picture", Liveness.DOUBT: ", perhaps no living face"}
    doubt = seems.get(decision.liveness, "") if decision.liveness else ""
    return f"{decision.t_s:8.1f} s  track {decision.track:<4} {who:30} {distance}{margin}{doubt}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
