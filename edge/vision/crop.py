"""The face of an enrolment photo, small and with enough around it for any aligner: what another embedder may be given.

Written as a line of JSON (box, score and points in px of the picture) and a JPEG: with the points nobody has to find
the face again, and the template differs from that of the photo by the picture's scale alone.
"""

import json

import cv2
import numpy as np

from edge.errors import Rejected
from edge.vision.photo import decode_photo
from edge.vision.resize import resized
from edge.vision.types import Box, Face, Image

AROUND = 0.6
"""Of the box on each side: a chip of a face that is tilted reaches that far."""
FACE_PX = 224
"""Larger faces are made smaller: twice the 112 px of most embedders, one and a half times dlib's."""
MAX_BYTES = 64 * 2**10
QUALITIES = (95, 90, 80, 60, 30)
"""Of JPEG: the first with which it is small enough."""


def crop_of(image: Image, face: Face) -> bytes:
    """Raises Rejected for a face that cannot be cut out."""
    box, (height, width) = face.box, image.shape[:2]
    left, top = max(0, int(box.x - AROUND * box.width)), max(0, int(box.y - AROUND * box.height))
    right = min(width, int(box.x + (1 + AROUND) * box.width) + 1)
    bottom = min(height, int(box.y + (1 + AROUND) * box.height) + 1)
    if right - left < 2 or bottom - top < 2:
        raise Rejected("the face lies outside the picture: its crop cannot be kept")
    part = image[top:bottom, left:right]
    scale = min(1.0, FACE_PX / max(box.width, box.height))
    if scale < 1:
        part = resized(part, max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale)))
    across, down = part.shape[1] / (right - left), part.shape[0] / (bottom - top)
    place = {
        "box": [(box.x - left) * across, (box.y - top) * down, box.width * across, box.height * down],
        "score": float(face.score),
        "points": ((face.points - (left, top)) * (across, down)).tolist(),
    }
    header = json.dumps(place).encode() + b"\n"
    for quality in QUALITIES:
        done, picture = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done and len(header) + picture.size <= MAX_BYTES:
            return header + picture.tobytes()
    raise Rejected("the face cannot be made small enough to be kept")


def read_crop(content: bytes) -> tuple[Image, Face]:
    """What `crop_of` wrote. Raises Rejected for anything else."""
    line, _, picture = content.partition(b"\n")
    try:
        place = json.loads(line)
        x, y, width, height = (float(one) for one in place["box"])
        face = Face(Box(x, y, width, height), float(place["score"]), np.array(place["points"], np.float32))
    except (ValueError, TypeError, KeyError) as error:
        raise Rejected("the kept crop does not say where the face is: enrol the person again") from error
    return decode_photo(picture), face
