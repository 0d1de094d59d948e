"""What `calibrate` chose, kept beside the roster. A file of its own: a person may read it, and delete it."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.errors import Misconfigured

FILE = "calibration.json"
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


def read_calibration(data_dir: Path) -> Calibration | None:
    """None when there is none. Raises Misconfigured when it cannot be read: nobody is let pass by a guess."""
    file = data_dir / FILE
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


def _unreadable(file: Path, why: str) -> Misconfigured:
    return Misconfigured(
        f"{file}: cannot be read ({why}): run `diemdanh-edge calibrate` again, or delete it for the manifest's preset"
    )


def write_calibration(data_dir: Path, calibration: Calibration) -> Path:
    """Whole or not at all. Raises Misconfigured when `data_dir` cannot be written."""
    file = data_dir / FILE
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


def drop_calibration(data_dir: Path) -> bool:
    """Was there one?"""
    try:
        (data_dir / FILE).unlink()
    except FileNotFoundError:
        return False
    return True
