"""The people of the composed clip: portraits that a package on PyPI ships, fetched once and checked."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import cv2

from edge.errors import Unavailable
from edge.vision.manifest import PackageSource
from edge.vision.model_sources import Progress, from_package
from scripts.demo_parts.clip import Portrait, Walk

_PACKAGE = "face_recognition==1.3.0"
_ARCHIVE_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"


@dataclass(frozen=True)
class _Photo:
    file: str
    sha256: str
    face: tuple[float, float, float] = (0.5, 0.5, 1.0)
    """Portrait.face_x, face_y and face_height."""


_ENROLLED = _Photo("obama.jpg", "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6")
_AGAIN = _Photo("obama2.jpg", "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6", (0.56, 0.30, 0.21))
_LATER = _Photo("obama3.jpg", "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3", (0.54, 0.175, 0.125))
_STRANGER = _Photo("biden.jpg", "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c", (0.57, 0.15, 0.135))


@dataclass(frozen=True)
class Cast:
    """One person who is enrolled from one photo and walks by in others, and a stranger."""

    enrolled_photo: Path
    walks: list[Walk]


def fetch(cache: Path, progress: Progress) -> Cast:
    """The portraits, from `cache` or with pip. Raises Unavailable with the reason."""
    photos = {photo.file: _fetch_one(photo, cache, progress) for photo in (_ENROLLED, _AGAIN, _LATER, _STRANGER)}
    shutil.rmtree(cache / "archives", ignore_errors=True)

    def portrait(photo: _Photo) -> Portrait:
        image = cv2.imread(str(photos[photo.file]))
        assert image is not None, "its checksum was right"
        return Portrait(image, *photo.face)

    walks = [
        Walk(portrait(_AGAIN), starts_s=0.5, lasts_s=6, from_x=0.45, to_x=0.35),
        Walk(portrait(_STRANGER), starts_s=4, lasts_s=6, from_x=0.60, to_x=0.68),
        Walk(portrait(_LATER), starts_s=10, lasts_s=6, from_x=0.50, to_x=0.48),
    ]
    return Cast(photos[_ENROLLED.file], walks)


def _fetch_one(photo: _Photo, cache: Path, progress: Progress) -> Path:
    kept = cache / photo.file
    if kept.exists() and _sha256(kept) == photo.sha256:
        return kept
    arriving = kept.with_suffix(".part")
    arriving.parent.mkdir(parents=True, exist_ok=True)
    source = PackageSource(package=_PACKAGE, archive_sha256=_ARCHIVE_SHA256, member=f"tests/test_images/{photo.file}")
    from_package(source, arriving, cache / "archives", progress)
    if _sha256(arriving) != photo.sha256:
        raise Unavailable(f"{photo.file} in {_PACKAGE} is not the file that it should be")
    return arriving.replace(kept)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
