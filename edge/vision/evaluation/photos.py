"""A folder of photos as a sample: read, embedded, the unusable ones named."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.errors import Misconfigured, Rejected
from edge.vision.evaluation.samples import Sample
from edge.vision.photo import BadPhoto, PhotoTemplate, photo_to_template, photos_in, read_photo
from edge.vision.pipeline import Pipeline
from edge.vision.types import Face, Image


@dataclass(frozen=True, slots=True, eq=False)
class Photographed:
    sample: Sample
    left_out: tuple[BadPhoto, ...]

    @property
    def failure_to_enrol(self) -> float:
        """FTE: the share of photos that gave no template (ISO/IEC 19795-1). The error rates are without them."""
        return len(self.left_out) / (len(self.left_out) + len(self.sample))


def sample_from_folder(
    folder: Path, pipeline: Pipeline, *, central_face: bool, progress: Callable[[int, int], None]
) -> Photographed:
    """DIR/PERSON/*.jpg. With `central_face` a photo of several people is one of whoever is in its middle.

    `progress` is called with how many photos are done, and of how many. Raises Misconfigured when fewer than two
    people can be compared.
    """
    photos = list(photos_in(folder))
    owners, kept, left_out = [], [], []
    for done, (person, file) in enumerate(photos, 1):
        try:
            image = read_photo(file)
            kept.append(_of_the_middle(pipeline, image) if central_face else photo_to_template(pipeline, image))
            owners.append(person)
        except Rejected as error:
            left_out.append(BadPhoto(file, str(error)))
        progress(done, len(photos))
    if len(set(owners)) < 2:
        raise Misconfigured(
            f"{folder}: {len(photos)} photos, usable ones of {len(set(owners))} people: it takes two people at least, "
            "each with a folder DIR/PERSON/*.jpg, better with several photos"
            + "".join(f"\n  {photo.file}: {photo.reason}" for photo in left_out)
        )
    templates = np.array([photo.template for photo in kept])
    quality = [photo.quality for photo in kept]
    reasons = [photo.reasons[0].value if photo.reasons else "" for photo in kept]
    sample = Sample.of(owners, templates, quality, pipeline.embedder.distance, reasons)
    return Photographed(sample, tuple(left_out))


def _of_the_middle(pipeline: Pipeline, image: Image) -> PhotoTemplate:
    faces = pipeline.detect(image)
    if not faces:
        raise Rejected("no face found")
    height, width = image.shape[:2]

    def off_centre(face: Face) -> float:
        box = face.box
        return float(np.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2))

    face = min(faces, key=off_centre)
    template = pipeline.template(image, face)
    if not np.isfinite(template).all():
        raise Rejected("gives no usable template")
    quality = pipeline.assess(image, face)
    return PhotoTemplate(template, quality.score, pipeline.model, quality.reasons)
