"""The files of a folder or of a ZIP. Read one at a time into memory, never unpacked onto the disk."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from edge.errors import Misconfigured, Rejected
from edge.vision.photo import MAX_FILE_BYTES, SUFFIXES
from enroll.importing.outcome import Line, Outcome

MAX_FILES = 50_000
MAX_UNPACKED_BYTES = 20_000_000_000
"""Of a whole ZIP: 20,000 photos of 1 MB. More is no school."""
MOST_PACKED = 100
"""Times: a photo is compressed already, and packs to little less than itself."""


@dataclass(frozen=True, slots=True)
class Photo:
    """`name` is the path within the source, with slashes."""

    name: str
    read: Callable[[], bytes]
    """Raises Rejected."""


def open_source(path: Path) -> tuple[list[Photo], list[Line]]:
    """The photos by name, and what was refused. Raises Misconfigured for what is neither folder nor ZIP."""
    if path.is_dir():
        found = list(_folder(path))
    elif zipfile.is_zipfile(path):
        found = list(_zip(path))
    else:
        raise Misconfigured(f"{path} is neither a folder nor a ZIP of photos")
    photos = [one for one in found if isinstance(one, Photo)]
    if not photos:
        raise Misconfigured(f"{path}: no photos there: files that end in {', '.join(SUFFIXES)}")
    return sorted(photos, key=lambda one: one.name), [one for one in found if isinstance(one, Line)]


def _folder(root: Path) -> Iterator[Photo | Line]:
    inside = root.resolve()
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root).as_posix()
        if _is_hidden(name) or file.is_dir():
            continue
        if not file.resolve().is_relative_to(inside):
            yield Line(file=name, outcome=Outcome.UNSAFE_NAME, why="a link that leads out of the folder")
        elif not file.is_file():
            yield Line(file=name, outcome=Outcome.NOT_A_PHOTO, why="no ordinary file")
        else:
            yield _refused(name, file.stat().st_size) or Photo(name, partial(_read_file, file))


def _zip(path: Path) -> Iterator[Photo | Line]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Misconfigured(f"{path} cannot be read as a ZIP: {error}") from error
    entries = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
    if len(entries) > MAX_FILES:
        raise Misconfigured(f"{path}: {len(entries)} files: at most {MAX_FILES} in one import")
    unpacked = sum(one.file_size for one in entries if one.file_size <= MAX_FILE_BYTES)
    if unpacked > MAX_UNPACKED_BYTES:
        raise Misconfigured(f"{path}: unpacks to {unpacked / 1e9:.0f} GB: a ZIP bomb, or several schools in one")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not _is_safe(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
            yield Line(file=name, outcome=Outcome.UNSAFE_NAME, why="its name leads out of the ZIP")
        elif name in seen:
            yield Line(file=name, outcome=Outcome.UNSAFE_NAME, why="the ZIP holds two files of this name")
        elif entry.file_size > MOST_PACKED * max(1, entry.compress_size):
            why = f"packed {entry.file_size // max(1, entry.compress_size)} times: a ZIP bomb and no photo"
            yield Line(file=name, outcome=Outcome.TOO_LARGE, why=why)
        else:
            yield _refused(name, entry.file_size) or Photo(name, partial(_read_entry, archive, entry))
        seen.add(name)


def _refused(name: str, size_bytes: int) -> Line | None:
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        why = f"no photo that can be read: save it as one of {', '.join(SUFFIXES)}"
        return Line(file=name, outcome=Outcome.NOT_A_PHOTO, why=why)
    if size_bytes > MAX_FILE_BYTES:
        why = f"{size_bytes / 1e6:.0f} MB: at most {MAX_FILE_BYTES // 1_000_000} MB, make it smaller"
        return Line(file=name, outcome=Outcome.TOO_LARGE, why=why)
    return None


def _read_file(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Rejected(f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise Rejected("grew while it was read")
    return content


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than the ZIP said that it holds, whatever is really in it."""
    try:
        with archive.open(entry) as opened:
            return opened.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Rejected(f"cannot be unpacked: {error}") from error


def _is_safe(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "\0" not in name and ".." not in parts and parts[0] != "" and ":" not in parts[0]


def _is_hidden(name: str) -> bool:
    """What systems put beside photos: .DS_Store, __MACOSX/, Thumbs.db."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    own = [part for part in parts if part != ".."]
    return any(part.startswith(".") or part == "__MACOSX" for part in own) or own[-1:] in (
        ["Thumbs.db"],
        ["desktop.ini"],
    )
