"""A network camera over RTSP or HTTP (MJPEG, HLS), read by OpenCV's ffmpeg."""

from urllib.parse import urlsplit

import cv2

from edge.errors import Unavailable
from edge.hardware.opencv import Capture
from edge.hardware.ports import Picture

SCHEMES = ("rtsp", "rtsps", "http", "https")
TIMEOUT_MS = 5_000


class NetworkStream:
    def __init__(self, url: str) -> None:
        self._url = url
        self._capture = Capture()

    @property
    def name(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def open(self) -> None:
        timeouts = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS)
        if not self._capture.open(self._url, cv2.CAP_FFMPEG, timeouts):
            raise Unavailable(f"{self.name}: no stream. Check the camera's power, network, address and password.")

    def read(self) -> Picture | None:
        image = self._capture.read()
        if image is None:
            raise Unavailable(f"{self.name}: the stream stopped.")
        return Picture(image)

    def close(self) -> None:
        self._capture.close()
