"""What a photo is worth for enrolment, and what a person can do better."""

from dataclasses import dataclass, field
from enum import StrEnum

from edge.errors import Rejected
from edge.vision.photo import NoFace, NotAPicture, SeveralFaces, decode_photo, photo_to_template
from edge.vision.pipeline import Pipeline
from edge.vision.quality import Weakness
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
    Weakness.COVERED: "take off mask and helmet, nothing before the mouth",
}
ADVICE_VI = {
    Weakness.SMALL: "lại gần hơn",
    Weakness.TURNED: "nhìn thẳng vào máy",
    Weakness.CUT_OFF: "để cả khuôn mặt trong ảnh",
    Weakness.BLURRED: "đứng yên",
    Weakness.DARK: "ra chỗ sáng hơn",
    Weakness.BRIGHT: "ra chỗ bớt sáng",
    Weakness.COVERED: "bỏ khẩu trang, mũ bảo hiểm",
}
NEVER = (Weakness.COVERED, Weakness.CUT_OFF)
"""However good the rest is: half a face is no reference."""


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
    except Rejected as error:
        return Judged(_VERDICTS.get(type(error), Verdict.REJECTED), str(error))
    if made.quality >= GOOD_ENOUGH and not any(reason in NEVER for reason in made.reasons):
        return Judged(Verdict.OK, quality=made.quality, template=made.template)
    # Of several small faults none may be one by itself.
    reasons = made.reasons or (Weakness.SMALL,)
    vietnamese, english = (", ".join(words[reason] for reason in reasons) for words in (ADVICE_VI, ADVICE))
    return Judged(Verdict.POOR, f"chụp lại: {vietnamese} / take it again: {english}", reasons, made.quality)


_VERDICTS = {NoFace: Verdict.NO_FACE, SeveralFaces: Verdict.TWO_FACES, NotAPicture: Verdict.CORRUPT}
