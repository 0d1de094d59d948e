"""Enrolment photos: read from a file, reduced to the template of the one person they show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge import MAX_PICTURE_PIXELS
from edge.errors import Misconfigured, Rejected
from edge.vision.match import Gallery
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness
from edge.vision.resize import fitted
from edge.vision.types import Face, Image, Template

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
MAX_FILE_BYTES = 40_000_000
LONGEST_PX = 1280
"""Larger photos are made smaller: a face of 300 px tells no less than one of 3,000."""
MIN_FACE_PX = 40.0
OTHER_FACE_SHARE = 0.35
"""A second face this large, compared with the largest, is no mere passer-by in the background."""


class NotAPicture(Rejected):
    """Damaged, or something else under a picture's name."""


class NoFace(Rejected):
    """Nobody is in it."""


class SeveralFaces(Rejected):
    """Whose it is cannot be told."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoTemplate:
    """What enrolment keeps of a photo."""

    template: Template
    quality: float
    model: str
    """The digest of the embedder."""
    reasons: tuple[Weakness, ...] = ()
    """What spoils the photo, the worst first."""


def read_photo(file: Path) -> Image:
    """The picture, upright as the camera meant it. Raises Rejected for what is not a picture."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise Rejected(f"larger than {MAX_FILE_BYTES // 1_000_000} MB: make it smaller")
        content = file.read_bytes()
    except OSError as error:
        raise Rejected(f"cannot be read: {error.strerror}") from error
    return decode_photo(content)


def decode_photo(content: bytes) -> Image:
    """As `read_photo`, of a file's content."""
    encoded = np.frombuffer(content, np.uint8)
    try:
        image = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    except cv2.error as error:
        raise Rejected(f"has more than {MAX_PICTURE_PIXELS // 1_000_000} megapixels: make it smaller") from error
    if image is None:
        raise NotAPicture("is not a picture, or a damaged one: save it again as JPEG or PNG")
    return fitted(np.asarray(image, np.uint8), LONGEST_PX)


def photo_to_template(pipeline: Pipeline, photo: Image) -> PhotoTemplate:
    """The template of the one person in `photo`. Raises Rejected with the reason: no face, several, too small."""
    face = the_one_face(pipeline.detect(photo))
    template, quality = pipeline.template(photo, face), pipeline.assess(photo, face)
    if not np.isfinite(template).all():
        raise Rejected("gives no usable template: take another photo")
    return PhotoTemplate(template, quality.score, pipeline.model, quality.reasons)


def the_one_face(faces: Iterable[Face]) -> Face:
    """Small faces in the background do not count. Raises Rejected."""
    by_size = sorted(faces, key=lambda face: -face.box.area)
    if not by_size:
        raise NoFace("no face found: take the photo from the front and in good light")
    largest = by_size[0]
    others = [face for face in by_size[1:] if face.box.area >= OTHER_FACE_SHARE**2 * largest.box.area]
    if others:
        raise SeveralFaces(f"{1 + len(others)} faces found: crop the photo to one person")
    if min(largest.box.width, largest.box.height) < MIN_FACE_PX:
        raise Rejected(f"the face is smaller than {MIN_FACE_PX:.0f} px: go nearer or take a larger photo")
    return largest


@dataclass(frozen=True, slots=True)
class BadPhoto:
    file: Path
    reason: str


def gallery_from_folder(folder: Path, pipeline: Pipeline) -> tuple[Gallery, list[BadPhoto]]:
    """A gallery of NAME.jpg files and NAME/ folders, and the photos that were left out, each with its reason.

    Raises Misconfigured when no photo can be used.
    """
    names, templates, bad = [], [], []
    for name, file in photos_in(folder):
        try:
            templates.append(photo_to_template(pipeline, read_photo(file)).template)
            names.append(name)
        except Rejected as error:
            bad.append(BadPhoto(file, str(error)))
    if not templates:
        why = "".join(f"\n  {photo.file}: {photo.reason}" for photo in bad)
        raise Misconfigured(
            f"the gallery {folder} has no photo that can be used: put NAME.jpg files or NAME/ folders with photos "
            f"of one face each into it{why}"
        )
    return Gallery(names, np.array(templates), pipeline.model, distance=pipeline.embedder.distance), bad


def photos_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """NAME.jpg and NAME/*.jpg, each with its NAME. Raises Misconfigured when `folder` is none."""
    if not folder.is_dir():
        raise Misconfigured(f"{folder} is no folder: a gallery is a folder of NAME.jpg files or NAME/ folders")
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            for file in sorted(entry.iterdir()):
                if file.suffix.lower() in SUFFIXES and not file.name.startswith("."):
                    yield entry.name, file
        elif entry.suffix.lower() in SUFFIXES:
            yield entry.stem, entry
