"""Whose photo a file is. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from enroll.importing.lists import Listed
from enroll.importing.outcome import Line, Outcome
from enroll.importing.sources import Photo

_NUMBERED = re.compile(r"[\s_.\-]*\(?\d{1,3}\)?$")


def code_of(name: str, codes: Collection[str]) -> str | None:
    """CODE/anything.jpg, CODE.jpg, then CODE_2.jpg, CODE-2.jpg and CODE (2).jpg; None for no code that is known."""
    path = PurePosixPath(unicodedata.normalize("NFC", name))
    folder, stem = path.parent.name.strip(), path.stem.strip()
    return next((one for one in (folder, stem, _NUMBERED.sub("", stem)) if one and one in codes), None)


def by_name(photos: Sequence[Photo], codes: Collection[str]) -> tuple[dict[str, list[Photo]], list[Line]]:
    """Each pupil's photos by code, and the photos of nobody."""
    found: dict[str, list[Photo]] = {}
    nobody = []
    for photo in photos:
        code = code_of(photo.name, codes)
        if code is None:
            why = "neither its folder nor its name is the code of a pupil of this school whom you may enrol"
            nobody.append(Line(file=photo.name, outcome=Outcome.UNKNOWN_CODE, why=why))
        else:
            found.setdefault(code, []).append(photo)
    return dict(sorted(found.items())), nobody


def by_list(
    photos: Sequence[Photo], listed: Sequence[Listed], codes: Collection[str], refused: Collection[str]
) -> tuple[dict[str, list[Photo]], list[Line]]:
    """As `by_name`, by the list's word. `refused` are files that are there and said to be unusable already."""
    there = _by_full_or_short_name(photos)
    known = {PurePosixPath(name).name for name in refused} | set(refused)
    found: dict[str, list[Photo]] = {}
    nobody = []
    taken: dict[str, int] = {}
    for one in listed:
        photo = there.get(one.photo)
        if photo is None:
            if one.photo not in known:
                why = f"row {one.row} names it, and no one photo is called so"
                nobody.append(Line(file=one.photo, outcome=Outcome.MISSING, code=one.code, why=why))
        elif photo.name in taken:
            why = f"row {one.row} names it for {one.code}, row {taken[photo.name]} for somebody already"
            nobody.append(Line(file=photo.name, outcome=Outcome.REJECTED, code=one.code, why=why))
        elif one.code not in codes:
            taken[photo.name] = one.row
            why = f"row {one.row}: {one.code} is no pupil of this school whom you may enrol"
            nobody.append(Line(file=photo.name, outcome=Outcome.UNKNOWN_CODE, code=one.code, why=why))
        else:
            taken[photo.name] = one.row
            found.setdefault(one.code, []).append(photo)
    for photo in photos:
        if photo.name not in taken:
            nobody.append(Line(file=photo.name, outcome=Outcome.UNKNOWN_CODE, why="no row of the list names it"))
    return dict(sorted(found.items())), nobody


def _by_full_or_short_name(photos: Sequence[Photo]) -> Mapping[str, Photo]:
    """By the whole path, and by the last part of it where only one photo is called so."""
    names: dict[str, list[Photo]] = {}
    for photo in photos:
        path = unicodedata.normalize("NFC", photo.name)
        for name in {path, PurePosixPath(path).name}:
            names.setdefault(name, []).append(photo)
    return {name: found[0] for name, found in names.items() if len(found) == 1}
