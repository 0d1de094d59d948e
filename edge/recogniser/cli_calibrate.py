"""`diemdanh-edge calibrate`: the threshold and margin for this unit's own people."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from edge.command_line import Commands
    from edge.settings import EdgeSettings
    from edge.vision.evaluation.calibration import Choice, Preset
    from edge.vision.evaluation.samples import Sample
    from edge.vision.manifest import Model
    from edge.vision.model_store import ModelStore

MOST_PHOTOS = 4500
"""Everybody is compared with everybody: of more, people are drawn by chance."""
MOST_NAMED = 50
"""Look-alike pairs that are listed; --json has all of them."""


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "calibrate",
        "choose threshold and margin for this unit's own people, and name those who look alike",
        examples="""
            diemdanh-edge calibrate --config /etc/diemdanh/edge.toml   for the roster of this unit: 1 % of strangers
            diemdanh-edge calibrate --fpir 0.001                       stricter: one stranger in a thousand
            diemdanh-edge calibrate --images school/ --gallery 40      a class of 40, by photos of the whole school
            diemdanh-edge calibrate --dry-run                          look only, keep what applies now
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("--images", type=Path, metavar="DIR", help="PERSON/ folders with photos, instead of the roster")
    parser.add_argument(
        "--fpir", type=float, default=0.01, metavar="F", help="how often a stranger may get a name; default 0.01"
    )
    parser.add_argument("--gallery", type=int, metavar="N", help="people this unit will know; default: as many as here")
    parser.add_argument("--dry-run", action="store_true", help="store nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def _run(args: argparse.Namespace) -> int:
    import numpy as np

    from edge.clock import SystemClock
    from edge.errors import Misconfigured
    from edge.recogniser.calibration_file import Calibration, drop_calibrations, write_calibration
    from edge.recogniser.served import served_models
    from edge.store.db import connect
    from edge.store.look_alikes import LinkedBy, LookAlikes
    from edge.vision.duplicates import duplicates
    from edge.vision.evaluation.calibration import Preset, calibrate, people_needed

    if not 0 < args.fpir < 1:
        raise Misconfigured(f"--fpir {args.fpir}: a share between 0 and 1, 0.01 is one stranger in a hundred")
    if args.gallery is not None and args.gallery < 1:
        raise Misconfigured(f"--gallery {args.gallery}: at least one person")
    settings = read_settings(args)
    models = served_models(settings)
    embedder = models.needed("embedder")
    identify = embedder.threshold("identify")
    preset = Preset(identify, embedder.threshold("ask"), embedder.threshold("margin"),
                    max(identify, embedder.thresholds.get("pair", identify)))  # fmt: skip
    everybody = _photographed(args.images, models) if args.images else _enrolled(settings, embedder, preset.laxest)
    rng = np.random.default_rng(1)
    sample = everybody.at_most(MOST_PHOTOS, rng)
    gallery_people = args.gallery or len(everybody.names)

    def chosen(people: int) -> "Choice | None":
        return calibrate(sample, args.fpir, people, preset, 200, rng) if len(sample) else None

    choice = chosen(gallery_people)
    sizes = {} if args.images or args.gallery else _class_sizes(settings, everybody.names)
    by_size = {people: chosen(people) for people in set(sizes.values())}
    classes = {one: found for one, people in sizes.items() if (found := by_size[people]) is not None}
    if choice is None:
        needed = people_needed(args.fpir)
        sys.stderr.write(
            f"not calibrated: {len(sample.names)} people are too few for a rate of {args.fpir:g}, it takes {needed}. "
            f"The manifest's strict preset applies: threshold {preset.threshold}, margin {preset.margin}\n"
        )
        if not args.dry_run and drop_calibrations(settings.data_dir):
            sys.stderr.write("the calibration of before was deleted\n")
    elif not args.dry_run:
        drop_calibrations(settings.data_dir)
        for class_ref, found in [(None, choice), *classes.items()]:
            stored = Calibration(
                model=embedder.digest, threshold=found.threshold, ask_threshold=found.ask_threshold,
                margin=found.margin, wished_fpir=args.fpir, gallery_people=found.gallery_people,
                people=len(sample.names), made_at=SystemClock().now(),
            )  # fmt: skip
            file = write_calibration(settings.data_dir, stored, class_ref)
            sys.stderr.write(f"stored in {file}; it applies when the recogniser starts again\n")
    if not args.dry_run and not args.images:
        linked = duplicates([everybody.names[one] for one in everybody.person], everybody.templates,
                            (choice or preset).threshold, embedder.measure)  # fmt: skip
        LookAlikes(connect(settings.data_dir)).replace(
            LinkedBy.CALIBRATION, ((pair.one, pair.other) for pair in linked)
        )
        sys.stderr.write(f"{len(linked)} pairs nearer than the threshold are linked: a card or staff decides\n")
    if args.json:
        print(_as_json(choice, preset, sample, args.fpir, embedder.digest, classes))
    elif choice is not None:
        print(_as_text(choice, preset, sample, args.fpir))
        for class_ref, found in sorted(classes.items()):
            print(f"class {class_ref}: {found.gallery_people} people, threshold {found.threshold:.4f}, "
                  f"margin {found.margin:.4f}")  # fmt: skip
    return 0


def _class_sizes(settings: "EdgeSettings", enrolled: "tuple[str, ...]") -> dict[str, int]:
    """How many people of each class can be known here."""
    from edge.store.classes import Classes
    from edge.store.db import connect

    classes = Classes(connect(settings.data_dir))
    sizes = {one: len(classes.members(one) & set(enrolled)) for one in classes.all()}
    return {one: people for one, people in sizes.items() if people}


def _enrolled(settings: "EdgeSettings", embedder: "Model", limit: float) -> "Sample":
    """As they are matched: without templates that are unlike the others of their person."""
    import numpy as np

    from edge.store.db import connect
    from edge.store.delivered_keys import DeliveredKeys
    from edge.store.key_file import read_or_make_key
    from edge.store.roster import Roster
    from edge.vision.evaluation.samples import Sample
    from edge.vision.outliers import outliers

    keys = DeliveredKeys(settings.roster_keys).get
    enrolled = Roster(connect(settings.data_dir), read_or_make_key(settings.data_dir), keys).templates(embedder.digest)
    templates = np.stack([one.template for one in enrolled]) if enrolled else np.empty((0, 1), np.float32)
    unlike = {one.index for one in outliers([one.person for one in enrolled], templates, limit, embedder.measure)}
    kept = [index for index in range(len(enrolled)) if index not in unlike]
    enrolled, templates = [enrolled[index] for index in kept], templates[kept]
    quality = [one.quality for one in enrolled]
    return Sample.of([one.person for one in enrolled], templates, quality, embedder.measure)


def _photographed(images: Path, models: "ModelStore") -> "Sample":
    from edge.vision.cli_evaluate import tell_progress
    from edge.vision.evaluation.photos import sample_from_folder
    from edge.vision.load import load_pipeline

    photos = sample_from_folder(images, load_pipeline(models), central_face=False, progress=tell_progress)
    for photo in photos.left_out:
        sys.stderr.write(f"left out {photo.file}: {photo.reason}\n")
    return photos.sample


def _as_text(choice: "Choice", preset: "Preset", sample: "Sample", wished: float) -> str:
    interval = choice.fpir.interval
    bounds = f" (95 % interval {interval.low:.4f}-{interval.high:.4f})" if interval else ""
    lines = [
        f"{len(sample.names)} people, {len(sample)} templates; for a gallery of {choice.gallery_people} people",
        f"wished      at most {wished:.2%} of strangers get a name",
        f"threshold   {choice.threshold:.4f}   (the manifest's: {preset.threshold:.4f})",
        f"margin      {choice.margin:.4f}   (the manifest's: {preset.margin:.4f})",
        f"ask         {choice.ask_threshold:.4f}   up to here staff are shown the candidates",
        "",
        "Why: everybody was once the stranger, searched for among the others. At this threshold the share of searches "
        f"that found somebody is {choice.fpir.value:.4f}{bounds}.",
    ]
    if choice.threshold >= preset.laxest:
        lines.append("It would bear a larger threshold still, but none beyond that of a single pair is ever chosen.")
    if choice.gallery_people > len(sample.names):
        lines.append(f"Beyond {len(sample.names)} people it is calculated as if the others were like these.")
    if choice.named is None:
        lines.append("How often the people themselves are named cannot be told: nobody has a second template.")
    else:
        lines.append(f"Of {choice.mated} searches for enrolled people by another template of theirs, "
                     f"{choice.named:.1%} give their name.")  # fmt: skip
    lines += ["", f"{len(choice.look_alikes)} pairs look alike:" if choice.look_alikes else "No two people look alike."]
    for pair in choice.look_alikes[:MOST_NAMED]:
        nearer = "nearer than the threshold" if pair.distance <= choice.threshold else "staff may be asked"
        lines.append(f"  {pair.one}  {pair.other}  {pair.distance:.4f}  {nearer}")
    return "\n".join(lines)


def _as_json(
    choice: "Choice | None", preset: "Preset", sample: "Sample", wished: float, model: str, classes: "dict[str, Choice]"
) -> str:
    facts = {"model": model, "people": len(sample.names), "templates": len(sample), "wished_fpir": wished,
             "calibrated": choice is not None}  # fmt: skip
    applies = choice or preset
    facts |= {"threshold": applies.threshold, "ask_threshold": applies.ask_threshold, "margin": applies.margin}
    if choice is None:
        return json.dumps(facts)
    interval = choice.fpir.interval
    return json.dumps(facts | {
        "gallery_people": choice.gallery_people,
        "fpir": choice.fpir.value,
        "fpir_interval": [interval.low, interval.high] if interval else None,
        "mated_searches": choice.mated,
        "named": choice.named,
        "classes": {
            class_ref: {"gallery_people": one.gallery_people, "threshold": one.threshold, "margin": one.margin}
            for class_ref, one in sorted(classes.items())
        },
        "look_alikes": [{"people": [pair.one, pair.other], "distance": pair.distance} for pair in choice.look_alikes],
    })  # fmt: skip
