"""A gate clip made of portraits: people walk towards the camera over a drawn schoolyard."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX, FRAMES_PER_S = 960, 540, 15
FAR_FACE_PX, NEAR_FACE_PX = 26, 128


@dataclass(frozen=True)
class Portrait:
    """A photo and where its face is, as fractions of the photo: centre and height from chin to crown."""

    image: Image
    face_x: float
    face_y: float
    face_height: float


@dataclass(frozen=True)
class Walk:
    """One person coming from the back of the yard to the gate."""

    portrait: Portrait
    starts_s: float
    lasts_s: float
    from_x: float
    to_x: float


def compose(walks: list[Walk], file: Path) -> int:
    """Write the clip as MJPEG; returns its number of frames. Raises OSError when it cannot be written."""
    length_s = max(walk.starts_s + walk.lasts_s for walk in walks) + 1.0
    frames = int(length_s * FRAMES_PER_S)
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_PER_S, (WIDTH_PX, HEIGHT_PX))
    if not writer.isOpened():
        raise OSError(f"{file}: OpenCV cannot write a clip here")
    yard = _schoolyard()
    cutouts = [_cutout(walk.portrait) for walk in walks]
    for index in range(frames):
        frame = yard.copy()
        present = [
            (_progress(walk, index / FRAMES_PER_S), walk, cutout) for walk, cutout in zip(walks, cutouts, strict=True)
        ]
        # Who is nearer is painted later, in front.
        for progress, walk, cutout in sorted(present, key=lambda person: person[0]):
            if 0 <= progress <= 1:
                _paint(frame, cutout, walk, progress)
        writer.write(frame)
    writer.release()
    return frames


def _progress(walk: Walk, t_s: float) -> float:
    return (t_s - walk.starts_s) / walk.lasts_s


@dataclass(frozen=True)
class _Cutout:
    """Head and shoulders, (height, width, 3) with an alpha of the same size, the face 160 px high."""

    image: Image
    alpha: NDArray[np.float32]


_CUTOUT_FACE_PX = 160


def _cutout(portrait: Portrait) -> _Cutout:
    height, width = portrait.image.shape[:2]
    scale = _CUTOUT_FACE_PX / (portrait.face_height * height)
    photo = cv2.resize(portrait.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    face = _CUTOUT_FACE_PX
    x, y = round(portrait.face_x * width * scale), round(portrait.face_y * height * scale)
    # The frame around the head is the same for everyone; beyond the photo's edge its border goes on.
    left, right, above, below = int(1.35 * face), int(1.35 * face), int(0.95 * face), int(2.3 * face)
    padded = cv2.copyMakeBorder(photo, above, below, left, right, cv2.BORDER_REPLICATE)
    image = padded[y : y + above + below, x : x + left + right]
    alpha = np.zeros(image.shape[:2], np.float32)
    cv2.ellipse(alpha, (left, above), (int(0.52 * face), int(0.72 * face)), 0, 0, 360, 1.0, -1)
    shoulders = [
        (-0.25, 0.45),
        (0.25, 0.45),
        (0.5, 0.8),
        (1.1, 1.05),
        (1.3, 2.3),
        (-1.3, 2.3),
        (-1.1, 1.05),
        (-0.5, 0.8),
    ]
    corners = np.array([(left + dx * face, above + dy * face) for dx, dy in shoulders], np.int32)
    cv2.fillPoly(alpha, [corners], 1.0)
    return _Cutout(np.asarray(image, np.uint8), cv2.GaussianBlur(alpha, (0, 0), 4).astype(np.float32))


def _paint(frame: Image, cutout: _Cutout, walk: Walk, progress: float) -> None:
    # Equal steps towards a camera grow the image by 1 / distance.
    face_px = 1 / ((1 - progress) / FAR_FACE_PX + progress / NEAR_FACE_PX)
    scale = face_px / _CUTOUT_FACE_PX
    image = cv2.resize(cutout.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(cutout.alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[..., None]
    nearness = (face_px - FAR_FACE_PX) / (NEAR_FACE_PX - FAR_FACE_PX)
    sway = 0.006 * np.sin(progress * 24)
    centre_x = round((walk.from_x + (walk.to_x - walk.from_x) * nearness + sway) * WIDTH_PX)
    top = round(HEIGHT_PX * (0.40 - 0.18 * nearness)) - round(0.3 * face_px)
    left = centre_x - image.shape[1] // 2
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(HEIGHT_PX, top + image.shape[0]), min(WIDTH_PX, left + image.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    patch = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    below = frame[y0:y1, x0:x1]
    frame[y0:y1, x0:x1] = (image[patch] * alpha[patch] + below * (1 - alpha[patch])).astype(np.uint8)


def _schoolyard() -> Image:
    """A morning sky, a school building, the yard, two gate posts."""
    yard = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    horizon = int(HEIGHT_PX * 0.42)
    sky = np.linspace(0, 1, horizon, dtype=np.float32)[:, None, None]
    yard[:horizon] = (1 - sky) * np.float32([236, 205, 160]) + sky * np.float32([240, 232, 222])
    ground = np.linspace(0, 1, HEIGHT_PX - horizon, dtype=np.float32)[:, None, None]
    yard[horizon:] = (1 - ground) * np.float32([150, 170, 178]) + ground * np.float32([104, 122, 132])
    picture = yard.astype(np.uint8)
    cv2.rectangle(picture, (150, 120), (810, horizon), (176, 214, 236), -1)
    cv2.rectangle(picture, (135, 104), (825, 124), (72, 84, 168), -1)
    for floor in range(2):
        for bay in range(9):
            x, y = 180 + bay * 69, 138 + floor * 46
            cv2.rectangle(picture, (x, y), (x + 44, y + 30), (140, 120, 92), -1)
            cv2.line(picture, (x + 22, y), (x + 22, y + 30), (200, 200, 190), 1)
    for x in (20, 880):
        cv2.rectangle(picture, (x, 60), (x + 60, HEIGHT_PX), (70, 110, 170), -1)
        cv2.rectangle(picture, (x - 8, 44), (x + 68, 66), (60, 84, 140), -1)
    noise = np.random.default_rng(7).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)
