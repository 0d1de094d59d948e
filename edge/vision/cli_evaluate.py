"""`diemdanh-edge evaluate`: how well the models here tell the people of a folder apart."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.vision.model_store import ModelStore
    from edge.vision.pipeline import Pipeline

MOST_PHOTOS = 4500
"""All pairs of so many take about 1 GB; of more, people are drawn by chance."""


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "evaluate",
        "measure how well the people of a folder of photos are told apart: TAR, FAR, EER, FPIR, FNIR",
        examples="""
            diemdanh-edge evaluate --images photos/                   photos/PERSON/*.jpg, several photos a person
            diemdanh-edge evaluate --images photos/ --plot det.svg    and the DET curve as a picture
            diemdanh-edge evaluate --images photos/ --json | jq .eer  for programs
            diemdanh-edge evaluate --images photos/ --liveness        do pictures of these people pass? APCER, BPCER
        """,
        run=_run,
    )
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="PERSON/ folders with photos")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="write the DET curve there")
    parser.add_argument("--embedder", metavar="NAME", help="an embedder of the manifest; default: the first one here")
    parser.add_argument(
        "--liveness", action="store_true", help="instead: how often simulated prints and screens pass for living faces"
    )
    parser.add_argument("--central-face", action="store_true", help="of several faces the middle one is meant")
    parser.add_argument("--replicates", type=int, default=200, metavar="N", help="of the bootstrap; default 200")
    parser.add_argument("--seed", type=int, default=1, help="of everything drawn by chance; default 1")


def _run(args: argparse.Namespace) -> int:
    import numpy as np

    from edge.errors import Misconfigured
    from edge.vision.evaluation.det_plot import det_svg
    from edge.vision.evaluation.evaluate import evaluate
    from edge.vision.evaluation.photos import sample_from_folder
    from edge.vision.evaluation.report import as_json, as_text
    from edge.vision.load import load_pipeline
    from edge.vision.model_store import ModelStore

    if args.replicates < 1:
        raise Misconfigured(f"--replicates {args.replicates}: at least 1")
    store = ModelStore.of_this_machine(embedder=args.embedder)
    pipeline = load_pipeline(store)
    if args.liveness:
        return _run_liveness(args, store, pipeline)
    embedder = store.ready("embedder")
    photos = sample_from_folder(args.images, pipeline, central_face=args.central_face, progress=tell_progress)
    for photo in photos.left_out:
        sys.stderr.write(f"left out {photo.file}: {photo.reason}\n")
    sys.stderr.write(f"comparing {len(photos.sample)} photos of {len(photos.sample.names)} people\n")
    thresholds = embedder.thresholds if embedder else {}
    evaluation = evaluate(
        photos,
        pipeline.model,
        thresholds=tuple(sorted({thresholds[name] for name in ("identify", "ask", "pair") if name in thresholds})),
        margin=thresholds.get("margin", 0.0),
        most_photos=MOST_PHOTOS,
        replicates=args.replicates,
        rng=np.random.default_rng(args.seed),
    )
    if args.plot:
        verification = evaluation.verification
        svg = det_svg(verification.det, verification.genuine_pairs, verification.impostor_pairs)
        try:
            args.plot.write_text(svg, encoding="utf-8")
        except OSError as error:
            raise Misconfigured(f"--plot {args.plot}: cannot be written: {error.strerror}") from error
    print(as_json(evaluation) if args.json else as_text(evaluation))
    return 0


def _run_liveness(args: argparse.Namespace, store: "ModelStore", pipeline: "Pipeline") -> int:
    from edge.vision.evaluation.liveness_report import as_json, as_text, evaluate_liveness
    from edge.vision.load import load_liveness

    pipeline.liveness = load_liveness(store)
    in_use = store.manifest.of_role("liveness")[0].thresholds
    found = evaluate_liveness(
        args.images,
        pipeline,
        sorted(in_use.values()),
        replicates=args.replicates,
        seed=args.seed,
        progress=tell_progress,
    )
    print(as_json(found) if args.json else as_text(found))
    return 0


def tell_progress(done: int, total: int) -> None:
    """On a terminal a line that counts, in a log every hundred photos."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} photos\x1b[K" + ("\r\x1b[K" if done == total else ""))
    elif done % 100 == 0 or done == total:
        sys.stderr.write(f"{done} of {total} photos\n")
    sys.stderr.flush()
