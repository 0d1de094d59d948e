"""`diemdanh-edge bench`: how fast this machine recognises, for its user and for the table of boards."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.recogniser.bench import Heat, Report
    from edge.vision.types import Image

LONGEST_FRAMES = 600
"""Of a clip: a minute at 10 frames a second."""


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "bench",
        "measure how fast this machine recognises",
        examples="""
            diemdanh-edge bench                        a made-up scene: comparable from board to board
            diemdanh-edge bench --clip gate.mp4        your own picture
            diemdanh-edge bench --json > my-board.json     to send: attach the file to an issue of the project
        """,
        run=_run,
    )
    parser.add_argument("--clip", type=Path, metavar="FILE", help="a video; default: a made-up scene of three faces")
    parser.add_argument("--threads", type=int, choices=(1, 2, 4), help="of the detector; default: as `run` chooses")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, to be sent")


def _run(args: argparse.Namespace) -> int:
    from dataclasses import asdict, replace

    from edge.recogniser.bench import FRAME_PX, measure
    from edge.recogniser.presets import rules_for, switch_on_liveness
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore
    from edge.vision.threads import cores, threads_for

    store = ModelStore.of_this_machine()
    chosen = threads_for(cores())
    pipeline = load_pipeline(store, threads=replace(chosen, detector=args.threads or chosen.detector))
    liveness = switch_on_liveness(store, pipeline, "warn")
    frames = _frames(args.clip) if args.clip else None
    scene = args.clip.name if args.clip else f"made up, {FRAME_PX[0]}x{FRAME_PX[1]}, three faces"
    report = measure(store, pipeline, rules_for(store, liveness=liveness), frames, scene)
    if args.json:
        print(json.dumps(asdict(report), indent=2))
        sys.stderr.write("To send it: attach this output as a file to an issue of the project. It names no school.\n")
    else:
        _tell(report)
    return 0


def _frames(clip: Path) -> "list[Image]":
    from itertools import islice

    from edge.hardware.recorded import RecordedSource
    from edge.hardware.video_file import VideoFile

    with RecordedSource(VideoFile(clip), real_time=False) as source:
        return [frame.image for frame in islice(source, LONGEST_FRAMES)]


def _tell(report: "Report") -> None:
    board = report.board
    print(f"{board.name}: {board.cores} cores, {board.architecture}, Python {board.python}")
    print(f"before: {_heat(report.before)}; after: {_heat(report.after)}")
    for stage in report.stages:
        print(f"  {stage.name:26} {stage.median_ms:9.2f} ms   median of {stage.runs}")
    print(f"  {'all together':26} {report.frames_per_s:9.1f} frames a second in one thread")
    print(f"scene: {report.scene}; {report.frames} frames, {report.looks} looks")
    if report.after.throttled or report.after.undervoltage:
        print("The machine was throttled: give it a stronger power supply or a fan, and measure again.")
    print("To send the figures: `diemdanh-edge bench --json > my-board.json`, attached to an issue of the project.")


def _heat(heat: "Heat") -> str:
    warm = f"{heat.cpu_c:.0f} °C" if heat.cpu_c is not None else "temperature not told"
    return warm + (", throttled" if heat.throttled else "") + (", undervoltage" if heat.undervoltage else "")
