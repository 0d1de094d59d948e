"""What a photo is worth for enrolment, and what a person can do better."""

from dataclasses import dataclass, field
from enum import StrEnum

from edge.errors import Rejected
from edge.vision.photo import NoFace, NotAPicture, SeveralFaces, decode_photo, photo_to_template, the_one_face
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness, weaknesses
from edge.vision.types import Template

GOOD_ENOUGH = 0.4
"""Of the quality stage, 0 to 1: below it a face is better photographed again."""

ADVICE = {
    Weakness.SMALL: "go nearer",
    Weakness.TURNED: "look straight into the camera",
    Weakness.CUT_OFF: "keep the whole face in the picture",
    Weakness.BLURRED: "hold still",
    Weakness.DARK: "more light on the face",
    Weakness.BRIGHT: "less light on the face",
}


class Verdict(StrEnum):
    OK = "ok"
    POOR = "poor"
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    CORRUPT = "corrupt"
    EMPTY = "empty"
    REJECTED = "rejected"
    """Any other reason: too large, the face too small."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    verdict: Verdict
    why: str = ""
    reasons: tuple[Weakness, ...] = ()
    """Of a poor photo: the worst first."""
    quality: float | None = None
    template: Template | None = field(default=None, repr=False)
    """Of a good photo, (n,) float32."""


def judge(pipeline: Pipeline, content: bytes) -> Judged:
    """Of a photo file's content. It raises nothing: what is wrong is the verdict."""
    if not content:
        return Judged(Verdict.EMPTY, "the file is empty: copy it again")
    try:
        photo = decode_photo(content)
        made = photo_to_template(pipeline, photo)
        if made.quality >= GOOD_ENOUGH:
            return Judged(Verdict.OK, quality=made.quality, template=made.template)
        reasons = weaknesses(photo, the_one_face(pipeline.detect(photo)))
    except Rejected as error:
        return Judged(_VERDICTS.get(type(error), Verdict.REJECTED), str(error))
    why = "take it again: " + ", ".join(ADVICE[reason] for reason in reasons)
    return Judged(Verdict.POOR, why, reasons, made.quality)


_VERDICTS = {NoFace: Verdict.NO_FACE, SeveralFaces: Verdict.TWO_FACES, NotAPicture: Verdict.CORRUPT}
