"""Which release of the software runs here and what became of the last one: one file, written by the update alone."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

FILE_NAME = "state.json"


class Verdict(StrEnum):
    NONE = "none"
    """What was installed at first runs."""
    TRIED = "tried"
    """Started, and not judged yet."""
    RUNS = "runs"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The machine lost its power, or the update was killed, before it was judged."""


@dataclass(frozen=True, slots=True)
class Releases:
    number: int = 0
    """The highest release ever tried; a lower one is never taken."""
    software: str = ""
    verdict: Verdict = Verdict.NONE
    why: str = ""
    tries: int = 0
    previous: str = ""
    """Where `current` pointed before it was tried."""


def software_name(version: str, releases: Releases) -> str:
    """For the heartbeat: `0.2.0 r7`, or `0.1.0 r7 failed` after one that was taken back. At most 40 letters."""
    if releases.verdict is Verdict.NONE:
        return version[:40]
    ending = f" r{releases.number}" + ("" if releases.verdict is Verdict.RUNS else f" {releases.verdict}")
    return version[: 40 - len(ending)] + ending


def read(software_dir: Path) -> Releases:
    """A file that cannot be read counts as none: the folders say what runs."""
    try:
        said = json.loads((software_dir / FILE_NAME).read_text(encoding="utf-8"))
        return Releases(**{**said, "verdict": Verdict(said["verdict"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Releases()


def write(software_dir: Path, releases: Releases) -> None:
    """On disk, whole, when this returns."""
    partial = software_dir / f".{FILE_NAME}"
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(releases), file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(software_dir / FILE_NAME)
    sync_folder(software_dir)


def sync_folder(folder: Path) -> None:
    """So that names which were given or taken there survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
