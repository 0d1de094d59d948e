"""Pictures of faces as somebody would hold them before the camera: printed, and on a screen. Made, not photographed.

A simulation: what makes real attacks hard to tell (good paper, a bright phone without a visible edge) is only partly
in it. The kinds are the presentation attack instrument species of ISO/IEC 30107-3.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.vision.types import Image

Plane = NDArray[np.float32]
"""(height_px, width_px, 3) BGR, 0 to 255."""

FRAME_PX = (640, 480)
"""Of the camera before which it is held."""


class Kind(StrEnum):
    PRINT = "print"
    """A photo on paper, its edges in the picture."""
    PRINT_CLOSE = "print-close"
    """The same so near that no edge is seen."""
    SCREEN = "screen"
    """A telephone or tablet with its bezel."""
    SCREEN_CLOSE = "screen-close"


CLOSE = frozenset({Kind.PRINT_CLOSE, Kind.SCREEN_CLOSE})
ON_SCREEN = frozenset({Kind.SCREEN, Kind.SCREEN_CLOSE})


@dataclass(frozen=True, slots=True, eq=False)
class Presentation:
    """One way of holding it, the same for all frames of a clip."""

    kind: Kind
    corners: NDArray[np.float32]
    """(4, 2) share of the frame: where the corners of the picture come to lie, from the upper left clockwise."""
    wall: NDArray[np.float32]
    """(4, 6, 3) BGR: what is behind it, to be enlarged."""
    gamma: float
    contrast: float
    brightness: float
    tint: NDArray[np.float32]
    """(3,) factors of blue, green and red."""
    moire_px: float
    """Period of the stripes on a screen; 0 for none."""
    moire_turn: float
    moire_depth: float
    glare: tuple[float, float]
    """Where light is reflected, share of the frame."""
    glare_strength: float
    blur_px: float
    noise: float
    jpeg_quality: int


def draw_presentation(kind: Kind, rng: np.random.Generator) -> Presentation:
    """`rng` decides all of it: the same seed holds it the same way."""
    close, on_screen = kind in CLOSE, kind in ON_SCREEN
    reach = rng.uniform(1.3, 1.5) if close else rng.uniform(0.72, 0.92)
    turn = math.radians(rng.uniform(-6, 6))
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * reach / 2
    square += rng.uniform(-0.03, 0.03, (4, 2)) * (1 if close else 1.5)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return Presentation(
        kind=kind,
        corners=np.asarray(square @ rotation.T + 0.5 + rng.uniform(-0.03, 0.03, 2), np.float32),
        wall=np.asarray(rng.uniform(60, 200) + rng.uniform(-15, 15, 3) + rng.uniform(-25, 25, (4, 6, 1)), np.float32),
        gamma=rng.uniform(0.75, 1.1) if on_screen else rng.uniform(0.9, 1.3),
        contrast=rng.uniform(0.9, 1.1) if on_screen else rng.uniform(0.7, 0.9),
        brightness=rng.uniform(5, 30) if on_screen else rng.uniform(10, 35),
        tint=np.asarray([1.08, 1.0, 0.95] if on_screen else [0.93, 1.0, 1.04], np.float32)
        * rng.uniform(0.97, 1.03, 3).astype(np.float32),
        moire_px=rng.uniform(3, 9) if on_screen else 0.0,
        moire_turn=rng.uniform(0, math.pi),
        moire_depth=rng.uniform(3, 10),
        glare=(rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)),
        glare_strength=rng.uniform(0, 70) if on_screen else rng.uniform(0, 25),
        blur_px=rng.uniform(0.5, 1.2),
        noise=rng.uniform(1.5, 4.5),
        jpeg_quality=int(rng.integers(75, 95)),
    )


def rephotographed(image: Image, held: Presentation, rng: np.random.Generator) -> Image:
    """What the camera sees of `image` held before it, FRAME_PX large; here `rng` is the noise of the sensor alone."""
    width, height = FRAME_PX
    shown = _with_border(_toned(image, held), held.kind)
    corners = _in_proportion(held, shown.shape[1] / shown.shape[0])
    source = np.array([[0, 0], [shown.shape[1], 0], [shown.shape[1], shown.shape[0]], [0, shown.shape[0]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners * np.array(FRAME_PX, np.float32))
    wall = cv2.resize(held.wall, FRAME_PX, interpolation=cv2.INTER_CUBIC)
    interpolation = cv2.INTER_LINEAR if shown.shape[0] > height else cv2.INTER_CUBIC
    scene = np.asarray(cv2.warpPerspective(shown, matrix, FRAME_PX, flags=interpolation), np.float32)
    mask = cv2.warpPerspective(np.ones(shown.shape[:2], np.float32), matrix, FRAME_PX)[:, :, None]
    scene = wall * (1 - mask) + scene * mask
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    if held.moire_px:
        scene = scene + _moire(held, across, down) * mask
    scene = scene + _glare(held, across / np.float32(width), down / np.float32(height)) * mask
    return _through_a_camera(scene, held, rng)


def _toned(image: Image, held: Presentation) -> Plane:
    light = np.power(image.astype(np.float32) / 255, held.gamma) * 255
    return np.asarray((light * held.contrast + held.brightness) * held.tint, np.float32)


def _with_border(picture: Plane, kind: Kind) -> Plane:
    if kind in CLOSE:
        return picture
    border = round(0.05 * min(picture.shape[:2]))
    colour = (16.0, 16.0, 18.0) if kind in ON_SCREEN else (238.0, 240.0, 240.0)
    return np.asarray(
        cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_CONSTANT, value=colour), np.float32
    )


def _in_proportion(held: Presentation, aspect: float) -> NDArray[np.float32]:
    """Scaled around the middle, so that the picture keeps its own proportions: inside, or over every edge if near."""
    wider = aspect / (FRAME_PX[0] / FRAME_PX[1])
    least = max if held.kind in CLOSE else min
    scale = np.array([least(1.0, wider), least(1.0, 1 / wider)], np.float32)
    middle = held.corners.mean(axis=0)
    return np.asarray(middle + (held.corners - middle) * scale, np.float32)


def _moire(held: Presentation, across: Plane, down: Plane) -> Plane:
    """Stripes where the grid of the screen and that of the sensor beat; each colour's are shifted by a third."""
    along = across * math.cos(held.moire_turn) + down * math.sin(held.moire_turn)
    other = across * math.cos(held.moire_turn + 1.2) + down * math.sin(held.moire_turn + 1.2)
    phases = np.array([0, 1, 2], np.float32) * (2 * math.pi / 3)
    stripes = np.sin(2 * math.pi * along / held.moire_px)[:, :, None] * 0.5
    coloured = np.sin(2 * math.pi * other[:, :, None] / (4 * held.moire_px) + phases) * 0.5
    return np.asarray((stripes + coloured) * held.moire_depth, np.float32)


def _glare(held: Presentation, across: Plane, down: Plane) -> Plane:
    far = (across - held.glare[0]) ** 2 + (down - held.glare[1]) ** 2
    return np.asarray(held.glare_strength * np.exp(-far / 0.02), np.float32)[:, :, None]


def _through_a_camera(scene: Plane, held: Presentation, rng: np.random.Generator) -> Image:
    blurred = cv2.GaussianBlur(scene, (0, 0), held.blur_px)
    noisy = blurred + rng.normal(0, held.noise, scene.shape).astype(np.float32)
    _, jpeg = cv2.imencode(
        ".jpg", np.clip(noisy, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, held.jpeg_quality]
    )
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
