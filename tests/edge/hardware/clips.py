"""Clips whose frames say their own number, so that a test can tell a lost one from a repeated one."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.hardware.ports import Camera

FRAMES = 12
FRAMES_PER_S = 10.0


def numbered_image(number: int) -> NDArray[np.uint8]:
    """(48, 64, 3), grey; its brightness is its number."""
    return np.full((48, 64, 3), 20 + number * 16, np.uint8)


def number_of(image: NDArray[np.uint8]) -> int:
    return round((float(image.mean()) - 20) / 16)


def write_clip(path: Path) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FRAMES_PER_S, (64, 48))
    assert writer.isOpened()
    for number in range(FRAMES):
        writer.write(numbered_image(number))
    writer.release()
    return path


def write_folder(folder: Path) -> Path:
    folder.mkdir()
    for number in range(FRAMES):
        cv2.imwrite(str(folder / f"{number:03}.png"), numbered_image(number))
    return folder


def read_all(camera: Camera, into: list[NDArray[np.uint8]]) -> None:
    """Until the end, or the error that a test expects; `into` then holds what came before."""
    while (picture := camera.read()) is not None:
        into.append(picture.image)
