"""`diemdanh-edge run`: camera to outbox. It never waits for a network."""

import argparse
import contextlib
import json
import math
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.recogniser.record import Recorded


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "run",
        "recognise people and record every passage in the outbox",
        examples="""
            diemdanh-edge run --config /etc/diemdanh/edge.toml     as the service does
            diemdanh-edge run --source gate.mp4 --once --json      a clip, one JSON line a recorded event
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("--source", metavar="S", help="a file, folder, camera or stream; over the setting `source`")
    parser.add_argument(
        "--pace", choices=("real", "fast"), default="real", help="of a file: as it was taken, or at once"
    )
    parser.add_argument("--once", action="store_true", help="end with the source; a file is otherwise played again")
    parser.add_argument(
        "--json", action="store_true", help="one JSON line a recorded event on stdout, a last one at the end"
    )


def _run(args: argparse.Namespace) -> int:
    from edge.clock import SystemClock
    from edge.contract import Direction
    from edge.errors import Unavailable
    from edge.hardware.readers.listening import listen
    from edge.hardware.select import open_source
    from edge.hardware.terminal import TerminalIndicator
    from edge.recogniser.calibration_file import calibrations_of
    from edge.recogniser.feedback import Feedback
    from edge.recogniser.mounted import mount
    from edge.recogniser.orders import OrdersWatch
    from edge.recogniser.outliner import Outliner
    from edge.recogniser.played import recognise_source
    from edge.recogniser.presets import liveness_state, rules_for, switch_on_liveness
    from edge.recogniser.record import Recorder
    from edge.recogniser.renewal import Loaded, ServingWatch, load_named
    from edge.recogniser.reviewing import Reviewing, ReviewSettings, keep
    from edge.recogniser.roster_gallery import RosterGallery
    from edge.recogniser.school_bell import school_bell
    from edge.recogniser.served import load_served, serving
    from edge.recogniser.showings import Showings
    from edge.recogniser.sight import Sight
    from edge.recogniser.vital_signs import VitalSignsWriter
    from edge.sd_notify import Supervisor
    from edge.store.crops import erase_all_crops
    from edge.store.db import connect
    from edge.store.delivered_keys import DeliveredKeys
    from edge.store.key_file import read_or_make_key
    from edge.store.learnt import Learnt
    from edge.store.live import LiveBoard, live_folder
    from edge.store.outbox import Outbox
    from edge.store.questions import Questions
    from edge.store.recovery import ensure_whole
    from edge.store.reserve import Reserve
    from edge.store.review import Review
    from edge.store.roster import Roster
    from edge.store.told import told, told_settings
    from edge.vision.load import spared_attention
    from edge.vision.model_store import ModelStore
    from edge.vision.pipeline import Pipeline
    from edge.vision.threads import cores, threads_for

    settings = read_settings(args)
    signal.signal(signal.SIGTERM, _stop)
    clock = SystemClock()
    source = open_source(args.source or settings.source, args.pace)
    ensure_whole(settings.data_dir)
    threads = threads_for(cores())
    models, pipeline = load_served(settings, threads)
    if source.live:
        pipeline.attention = spared_attention(
            pipeline.detector, motion_gate=settings.motion_gate, adaptive_width=settings.adaptive_width
        )
    connection, setting = connect(settings.data_dir), settings.embedder
    reserve = Reserve(settings.data_dir)
    reserve.lay()
    if not settings.keep_enrolment_crops:
        erase_all_crops(connection)
    orders, settings = told(connection), told_settings(connection, settings)
    board = LiveBoard(live_folder(os.environ, settings.data_dir))
    pipeline.watched = Outliner(board, clock, min_face_px=settings.min_face_px)
    liveness = switch_on_liveness(models, pipeline, settings.liveness)
    key, delivered = read_or_make_key(settings.data_dir), DeliveredKeys(settings.roster_keys).get
    roster = Roster(connection, key, delivered)

    def sight_by(models: ModelStore, pipeline: Pipeline) -> Sight:
        embedder, switched = models.needed("embedder"), serving(settings) is not None
        calibration, classes = calibrations_of(connection, settings.data_dir, embedder.digest, switched=switched)
        limit, learnt = embedder.thresholds.get("pair", math.inf), Learnt(connection, key)
        rules = rules_for(
            models,
            min_face_px=settings.min_face_px,
            passage_window_s=settings.passage_window_s,
            calibration=calibration,
            classes=classes,
            liveness=liveness,
            keeps_shots=settings.review_hours > 0,
        )
        gallery = RosterGallery(connection, roster, embedder.digest, clock, limit, embedder.measure, learnt)
        return Sight(pipeline, gallery, rules)

    first = sight_by(models, pipeline)
    direction = None if settings.direction == "both" else Direction(settings.direction)
    say = _say_json if args.json else _say_nothing
    supervisor = Supervisor(os.environ, clock.monotonic_s)
    state = liveness_state(settings.liveness, liveness)
    signs = VitalSignsWriter(settings.data_dir, source, clock, supervisor.alive, state)
    keep_s, room = settings.review_hours * 3600, settings.review_mb * 2**20
    review = Review(connection, key, clock, keep_s=keep_s, max_bytes=room)
    reviewing = Reviewing(
        settings.data_dir, key, clock, direction, first.rules,
        ReviewSettings(keep_s, room, settings.learn_templates), pipeline.model, pipeline.embedder.distance, delivered,
    )  # fmt: skip

    def sight_of(loaded: Loaded) -> Sight:
        sight = sight_by(loaded.models, pipeline.with_embedder(loaded.aligner, loaded.embedder))
        reviewing.learn_by(sight.rules, sight.pipeline.model, loaded.embedder.distance)
        return sight

    renewal = ServingWatch(
        connection, setting, first, partial(load_named, threads=threads.looks), sight_of, waits=not source.live
    )
    with contextlib.suppress(KeyboardInterrupt), mount(settings) as mounted, signs, reviewing:
        feedback = Feedback([*([TerminalIndicator()] if sys.stderr.isatty() else []), *mounted.indicators])
        outbox = Outbox(connection, clock)
        questions = Questions(connection, outbox, clock)
        recorder = Recorder(
            outbox, feedback, clock, direction, questions, settings.passage_window_s, partial(keep, review), reserve
        )
        if mounted.temperatures is not None:
            mounted.temperatures.measured = lambda decision, celsius: say(recorder.record(decision, celsius))
        showings = Showings(
            settings.data_dir,
            feedback,
            clock,
            direction,
            window_s=settings.passage_window_s,
            before_the_camera=mounted.before_the_camera,
            recorded=say,
        )
        watch = OrdersWatch(settings.data_dir, orders, lambda: os.kill(os.getpid(), signal.SIGTERM))
        with showings, listen(mounted.readers.all, showings.hear), school_bell(settings, clock), watch:
            supervisor.ready()
            decisions = recognise_source(
                source, first.pipeline, first.gallery, first.rules, signs.counting(mounted.attend), signs.missed,
                renewal, once=args.once,
            )  # fmt: skip
            with contextlib.closing(decisions):
                for decision in decisions:
                    say(recorder.record(decision, mounted.temperature_of(decision)))
            with contextlib.suppress(Unavailable):
                recorder.catch_up()
    if args.json:
        print(json.dumps({"frames": signs.frames}))
    supervisor.stopping()
    return 0


def _say_nothing(recorded: "Recorded | None") -> None:
    pass


def _say_json(recorded: "Recorded | None") -> None:
    if recorded is None:
        return
    seen = recorded.sighting
    line = {
        "seq": seen.seq,
        "outcome": seen.outcome,
        "method": seen.method,
        "person": seen.person,
        "candidates": seen.candidates,
        "distance": seen.distance,
        "margin": seen.margin,
        "quality": seen.quality,
        "temperature_c": seen.temperature_c,
        "liveness": seen.liveness,
        "captured_at": seen.captured_at.isoformat(),
        "capture_to_commit_ms": round(recorded.capture_to_commit_ms, 2),
    }
    # In one piece: readers are heard in a thread of their own.
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def _stop(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
