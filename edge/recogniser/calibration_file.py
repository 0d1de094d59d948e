"""What `calibrate` chose, kept beside the roster: a file for the school, and one for each class that was calibrated.

Files of their own: a person may read them, and delete them.
"""

import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote

import apsw
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.errors import Misconfigured
from edge.store.told import told_calibration

log = logging.getLogger(__name__)

FILE = "calibration.json"
CLASS_PREFIX = "calibration-"
Distance = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Calibration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = 1
    model: str
    """The digest of the embedder: another one's distances mean something else."""
    threshold: Distance
    ask_threshold: Distance
    margin: Distance
    wished_fpir: Annotated[float, Field(gt=0, lt=1)]
    gallery_people: Annotated[int, Field(ge=1)]
    """For a gallery of so many."""
    people: Annotated[int, Field(ge=1)]
    """Measured on so many."""
    made_at: datetime


def read_calibration(data_dir: Path, class_ref: str | None = None) -> Calibration | None:
    """The school's, or that of one class; None when there is none.

    Raises Misconfigured when it cannot be read: nobody is let pass by a guess.
    """
    file = data_dir / file_of(class_ref)
    try:
        return Calibration.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise _unreadable(
            file, f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}"
        ) from error
    except OSError as error:
        raise _unreadable(file, str(error.strerror)) from error


def read_class_calibrations(data_dir: Path) -> dict[str, Calibration]:
    """By class. Raises Misconfigured as `read_calibration` does."""
    found = {}
    for file in sorted(data_dir.glob(f"{CLASS_PREFIX}*.json")):
        class_ref = unquote(file.stem.removeprefix(CLASS_PREFIX))
        if (calibration := read_calibration(data_dir, class_ref)) is not None:
            found[class_ref] = calibration
    return found


def file_of(class_ref: str | None) -> str:
    """The file's name: any class may be called anything."""
    return FILE if class_ref is None else f"{CLASS_PREFIX}{quote(class_ref, safe='')}.json"


def _unreadable(file: Path, why: str) -> Misconfigured:
    return Misconfigured(
        f"{file}: cannot be read ({why}): run `diemdanh-edge calibrate` again, or delete it for the manifest's preset"
    )


def write_calibration(data_dir: Path, calibration: Calibration, class_ref: str | None = None) -> Path:
    """Whole or not at all. Raises Misconfigured when `data_dir` cannot be written."""
    file = data_dir / file_of(class_ref)
    new = file.with_suffix(".new")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as stream:
            stream.write(calibration.model_dump_json(indent=2) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    except OSError as error:
        raise Misconfigured(f"{file}: cannot be written: {error.strerror}") from error
    return file


def drop_calibrations(data_dir: Path) -> bool:
    """The school's and those of all classes. Was there any?"""
    files = [data_dir / FILE, *data_dir.glob(f"{CLASS_PREFIX}*.json")]
    there = [file for file in files if file.exists()]
    for file in there:
        file.unlink()
    return bool(there)


def drop_calibrations_of(data_dir: Path, model: str) -> None:
    """Those that were made for the embedder `model`, which is gone."""
    classes = read_class_calibrations(data_dir)
    for class_ref, found in ((None, read_calibration(data_dir)), *classes.items()):
        if found is not None and found.model == model:
            (data_dir / file_of(class_ref)).unlink()


def calibrations_of(
    connection: apsw.Connection, data_dir: Path, model: str, *, switched: bool
) -> tuple[Calibration | None, dict[str, Calibration]]:
    """The school's and the classes' for the embedder `model`: what the cloud sent comes first.

    A unit that was `switched` from one embedder to another does not stop for the calibration of the other one: it is
    refused, the log says so, and the manifest's strict preset applies. Otherwise `rules_for` refuses to start with it.
    """
    school = sent_calibration(connection, model) or read_calibration(data_dir)
    classes = read_class_calibrations(data_dir)
    if not switched:
        return school, classes
    own = {one: found for one, found in classes.items() if found.model == model}
    kept = school if school is not None and school.model == model else None
    if kept is not school or len(own) < len(classes):
        log.warning("calibration of another model refused: the strict preset applies; run `diemdanh-edge calibrate`")
    return kept, own


def sent_calibration(connection: apsw.Connection, model: str) -> Calibration | None:
    """What the cloud sent for the embedder `model`; it comes before the unit's own file. None: nothing for it."""
    found = told_calibration(connection, model)
    return None if found is None else Calibration.model_validate_json(found)
