"""Where somebody stands, and which of the sensor's pixels see nothing but the face. Pure geometry.

The camera and the sensor sit side by side and look the same way. Angles to the right and down are positive.
"""

import math
from dataclasses import dataclass

from edge.hardware.thermometer.port import Datasheet

TALLEST_M, SMALLEST_M = 2.10, 0.80
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Placement:
    """How the camera hangs. Of a lens, focal_px = width_px / (2 tan(horizontal field / 2))."""

    image_px: tuple[int, int]
    focal_px: float
    height_m: float
    tilt_deg: float = 0.0
    """How far it looks down."""
    sensor_right_m: float = 0.0
    sensor_below_m: float = 0.0
    """Where the sensor is, as seen from behind the camera."""
    sensor_mirrored: bool = False
    """Its first column looks to the right."""


@dataclass(frozen=True, slots=True)
class FaceInPicture:
    """The detector's box in px, from the hairline to the chin."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Standing:
    distance_m: float
    stature_m: float


def face_height_m(stature_m: float) -> float:
    """From hairline to chin. Linear between a child of six (1.15 m, 0.155 m) and an adult (1.70 m, 0.18 m), rounded
    from published anthropometry; individuals differ by a tenth, which is enough to tell half a metre from one.
    """
    return 0.155 + (0.18 - 0.155) * (stature_m - 1.15) / (1.70 - 1.15)


def standing(face: FaceInPicture, placement: Placement) -> Standing | None:
    """How far away and how tall the person is; None for what no person can be, such as a face on a poster.

    Distance needs the size of the face, which depends on the stature, which follows from the distance: a few rounds
    settle it.
    """
    if face.height <= 0 or face.width <= 0:
        return None
    down_rad = math.radians(placement.tilt_deg) + math.atan2(face.top - placement.image_px[1] / 2, placement.focal_px)
    stature_m = 1.40
    for _ in range(ROUNDS):
        distance_m = placement.focal_px * face_height_m(stature_m) / face.height
        crown_m = face_height_m(stature_m) / 4
        stature_m = min(max(placement.height_m - distance_m * math.sin(down_rad) + crown_m, 0.3), 3.0)
    return Standing(distance_m, stature_m) if SMALLEST_M <= stature_m <= TALLEST_M else None


def pixels_on_face(
    face: FaceInPicture, distance_m: float, placement: Placement, datasheet: Datasheet
) -> tuple[slice, slice] | None:
    """Rows and columns of the pixels that lie within the face; None when the person is too far off or beside.

    A pixel that sees half of a face and half of the wall behind measures neither.
    """
    columns = _inside(
        (face.left, face.left + face.width),
        placement.image_px[0],
        placement.focal_px,
        placement.sensor_right_m / distance_m,
        datasheet.field_deg[0],
        datasheet.pixels[0],
    )
    rows = _inside(
        (face.top, face.top + face.height),
        placement.image_px[1],
        placement.focal_px,
        placement.sensor_below_m / distance_m,
        datasheet.field_deg[1],
        datasheet.pixels[1],
    )
    if rows is None or columns is None:
        return None
    if placement.sensor_mirrored:
        across = datasheet.pixels[0]
        columns = slice(across - columns.stop, across - columns.start)
    return rows, columns


def _inside(
    edges_px: tuple[float, float], image_px: int, focal_px: float, shift: float, field_deg: float, pixels: int
) -> slice | None:
    first, last = (
        (math.degrees(math.atan((edge - image_px / 2) / focal_px - shift)) / field_deg + 0.5) * pixels
        for edge in edges_px
    )
    start, stop = max(math.ceil(first - 1e-9), 0), min(math.floor(last + 1e-9), pixels)
    return slice(start, stop) if start < stop else None
