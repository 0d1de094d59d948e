"""A USB camera, or any other that Linux shows as /dev/videoN."""

from pathlib import Path

import cv2

from edge.errors import Unavailable
from edge.hardware.opencv import Capture
from edge.hardware.ports import Picture


class V4l2Camera:
    def __init__(self, device: Path) -> None:
        self._device = device
        self._capture = Capture()

    @property
    def name(self) -> str:
        return str(self._device)

    def open(self) -> None:
        if not self._device.exists():
            raise Unavailable(f"{self._device}: no such camera. Plug it in; `v4l2-ctl --list-devices` shows them.")
        if not self._capture.open(str(self._device), cv2.CAP_V4L2):
            raise Unavailable(f"{self._device}: cannot be opened. Is it in use? Is this user in the group `video`?")

    def read(self) -> Picture | None:
        image = self._capture.read()
        if image is None:
            raise Unavailable(f"{self._device}: no more pictures. Was it unplugged?")
        return Picture(image)

    def close(self) -> None:
        self._capture.close()
