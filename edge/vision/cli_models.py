"""`diemdanh-edge models pull|list|verify`: the neural networks, fetched, checked and converted."""

import argparse
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.errors import Misconfigured

if TYPE_CHECKING:
    from edge.command_line import Commands


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "models",
        "fetch, list and verify the neural networks",
        examples="""
            diemdanh-edge models pull             fetch what is missing and convert it for this machine
            diemdanh-edge models pull blazeface   this one in particular
            diemdanh-edge models list             what the manifest knows, and what is here
            diemdanh-edge models verify           check every file's sha256
        """,
        run=_run,
    )
    parser.add_argument("action", choices=("pull", "list", "verify"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="models of the manifest; default: what a unit needs")


def _run(args: argparse.Namespace) -> int:
    from edge.vision.model_store import ModelStore

    store = ModelStore.of_this_machine()
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
