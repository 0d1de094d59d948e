"""`diemdanh-edge models pull|list|verify|try|switch`: the neural networks, fetched, checked and converted.

`switch` is the recogniser's: cli_switch.py.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.errors import Misconfigured

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.vision.model_store import ModelStore


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "models",
        "fetch, list and verify the neural networks; try another one, change to it",
        examples="""
            diemdanh-edge models pull             fetch what is missing and convert it for this machine
            diemdanh-edge models pull blazeface   this one in particular
            diemdanh-edge models list             what the manifest knows, and what is here
            diemdanh-edge models verify           check every file's sha256
            diemdanh-edge models try sface.onnx --images photos/   another embedder: does it run, how well, its entry
            diemdanh-edge models switch NAME      another embedder for this unit, without a gap
        """,
        run=_run,
    )
    parser.add_argument("action", choices=("pull", "list", "verify", "try", "switch"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="models of the manifest; default: what a unit needs")
    trial = parser.add_argument_group("try", "NAME is an .onnx or .tflite file; its makers say what it wants")
    trial.add_argument("--colour", choices=("rgb", "bgr"), default="rgb", help="default rgb")
    trial.add_argument(
        "--mean", type=float, default=127.5, metavar="M", help="a pixel becomes (value - M) * S; default 127.5"
    )
    trial.add_argument("--scale", type=float, default=1 / 127.5, metavar="S", help="default 1/127.5")
    trial.add_argument("--distance", choices=("cosine", "euclidean"), default="cosine", help="default cosine")
    trial.add_argument("--images", type=Path, metavar="DIR", help="PERSON/ folders with photos: gives thresholds")


def _run(args: argparse.Namespace) -> int:
    if args.action == "switch":
        switched: int = args.switch(args)
        return switched
    from edge.vision.model_store import ModelStore
    from edge.vision.threads import cores, threads_for

    store = ModelStore.of_this_machine()
    if args.action == "try":
        return _try(args, store)
    if args.action == "pull":
        store.pull(args.names)
        return 0
    models = [store.manifest.named(name) for name in args.names] or list(store.manifest.model)
    if args.action == "list":
        for model in models:
            built = store.built(model)
            here = "here" if built else "not here"
            engine = f", runs {next(iter(built.embedding_ms))}" if built and built.embedding_ms else ""
            print(f"{model.name:14} {model.role:10} {here + engine:32} {model.licence:12} {model.about}")
        chosen = threads_for(cores())
        print(
            f"threads on {cores()} cores: {chosen.detector} for the detector, {chosen.looks} for looks, 1 for the rest"
        )
        return 0
    present = [model for model in models if args.names or store.built(model)]
    if not present:
        raise Misconfigured("no model is here: run `diemdanh-edge models pull`")
    failed = 0
    for model in present:
        try:
            store.verify(model)
            print(f"{model.name}: ok")
        except Misconfigured as error:
            failed = 1
            print(f"{model.name}: {error}")
    return failed


def _try(args: argparse.Namespace, store: "ModelStore") -> int:
    from edge.vision.cli_evaluate import tell_progress
    from edge.vision.embed import ManifestEmbedder
    from edge.vision.evaluation.photos import sample_from_folder
    from edge.vision.try_model import as_toml, embedding_ms, measured, trial_entry, trial_pipeline

    if len(args.names) != 1:
        raise Misconfigured("models try: give one .onnx or .tflite file")
    file = Path(args.names[0])
    entry = trial_entry(file, colour=args.colour, mean=args.mean, scale=args.scale, distance=args.distance)
    assert entry.input is not None
    sys.stderr.write(f"{embedding_ms(ManifestEmbedder(file, entry), entry.input.width_px):.1f} ms an embedding\n")
    if args.images:
        pipeline = trial_pipeline(store, file, entry)
        photos = sample_from_folder(args.images, pipeline, central_face=True, progress=tell_progress)
        entry, rates = measured(entry, photos.sample)
        tar = rates.tar_at(1e-3)
        sys.stderr.write(
            f"{len(rates.genuine)} genuine and {len(rates.impostors)} impostor pairs: EER {rates.eer():.4f}, "
            f"TAR at FAR 1e-3 {'not measurable' if tar is None else f'{tar:.4f}'}\n"
        )
    else:
        sys.stderr.write("the thresholds are not measured: give --images\n")
    print(as_toml(entry))
    return 0
