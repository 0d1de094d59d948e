"""`diemdanh-edge enrol`: photos into the unit's own roster."""

import argparse
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge.command_line import add_command
from edge.settings import add_settings_argument, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.command_line import Commands
    from edge.store.roster import Roster
    from edge.vision.manifest import Model

NOT_A_REFERENCE = "its name is not a reference: letters, digits, dot, hyphen and underscore, 64 at most"


def add(commands: "Commands") -> None:
    parser = add_command(
        commands,
        "enrol",
        "put the people of a folder of photos into this unit's roster",
        examples="""
            diemdanh-edge enrol photos/     hs-1.jpg or hs-1/*.jpg; hs-1 is the person's reference, never a name
        """,
        run=_run,
    )
    add_settings_argument(parser)
    parser.add_argument("folder", type=Path, metavar="DIR", help="REFERENCE.jpg files or REFERENCE/ folders")


def _run(args: argparse.Namespace) -> int:
    from pydantic import TypeAdapter, ValidationError

    from edge.clock import SystemClock
    from edge.contract.wire import PersonRef
    from edge.errors import Misconfigured, Rejected
    from edge.recogniser.served import load_beside, served_models
    from edge.store.crops import Crop
    from edge.store.db import connect
    from edge.store.key_file import read_or_make_key
    from edge.store.roster import Enrolled, Roster
    from edge.vision.crop import crop_of
    from edge.vision.load import load_pipeline
    from edge.vision.photo import photo_to_template, photos_in, read_photo, the_one_face

    settings = read_settings(args)
    roster = Roster(connect(settings.data_dir), read_or_make_key(settings.data_dir))
    models, clock = served_models(settings), SystemClock()
    pipeline, embedder = load_pipeline(models), models.needed("embedder")
    beside = load_beside(settings, pipeline)
    reference = TypeAdapter(PersonRef)
    people: dict[str, list[Enrolled]] = defaultdict(list)
    crops: list[Crop] = []
    asked_for: set[str] = set()
    for person, file in photos_in(args.folder):
        asked_for.add(person)
        try:
            reference.validate_python(person)
            picture = read_photo(file)
            photo = photo_to_template(pipeline, picture)
            # Whoever is enrolled while the model is being changed is known by both.
            other = photo_to_template(beside, picture) if beside else None
            crop = crop_of(picture, the_one_face(pipeline.detect(picture))) if settings.keep_enrolment_crops else None
        except (ValidationError, Rejected) as error:
            why = str(error) if isinstance(error, Rejected) else NOT_A_REFERENCE
            sys.stderr.write(f"left out  {file}: {why}\n")
        else:
            people[person] += [
                Enrolled(person, one.template, one.model, one.quality) for one in (photo, other) if one is not None
            ]
            if crop is not None:
                crops.append(Crop(person, photo.quality, crop, clock.now()))
            sys.stderr.write(f"enrolled  {file}: {person}, quality {photo.quality:.2f}\n")
    if not people:
        raise Misconfigured(
            f"{args.folder}: nobody could be enrolled: it takes REFERENCE.jpg files or REFERENCE/ folders"
        )
    version = roster.replace(people, crops)
    _warn(roster, pipeline.model, people, embedder)
    missing = sorted(asked_for - people.keys())
    sys.stderr.write(f"roster version {version}: {len(people)} people enrolled, {len(missing)} not\n")
    return 1 if missing else 0


def _warn(roster: "Roster", model: str, new: "Mapping[str, object]", embedder: "Model") -> None:
    """Of those who were enrolled now: who is too near to somebody else, and which photo is unlike its person."""
    import numpy as np

    from edge.vision.duplicates import duplicates
    from edge.vision.outliers import outliers

    enrolled = roster.templates(model)
    persons, templates = [one.person for one in enrolled], np.stack([one.template for one in enrolled])
    threshold = embedder.threshold("identify")
    unlike = outliers(persons, templates, embedder.thresholds.get("pair", threshold), embedder.measure)
    kept = np.setdiff1d(np.arange(len(persons)), [one.index for one in unlike])
    for one in unlike:
        if one.person in new:
            sys.stderr.write(
                f"warning   {one.person}: photo {one.number} is unlike the others of this person ({one.distance:.2f}): "
                "left out of matching. Is it somebody else, or is the face covered?\n"
            )
    for pair in duplicates([persons[index] for index in kept], templates[kept], threshold, embedder.measure):
        if pair.one in new or pair.other in new:
            sys.stderr.write(
                f"warning   {pair.one} and {pair.other} look alike ({pair.distance:.2f}): one person enrolled twice? "
                f"Siblings or twins: diemdanh-edge roster link {pair.one} {pair.other}\n"
            )
