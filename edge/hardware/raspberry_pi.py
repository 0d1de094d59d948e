"""The Raspberry Pi's camera port, through picamera2 (from Raspberry Pi OS: `apt install python3-picamera2`)."""

from typing import Any

from edge.errors import Misconfigured, Unavailable
from edge.hardware.ports import Picture

SIZE_PX = (1280, 720)


class RaspberryPiCamera:
    def __init__(self, number: int) -> None:
        self._number = number
        self._camera: Any = None

    @property
    def name(self) -> str:
        return f"Raspberry Pi camera {self._number}"

    def open(self) -> None:
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            raise Misconfigured(
                "picamera2 is not here: `apt install python3-picamera2`, in a venv with --system-site-packages."
            ) from error
        try:
            self._camera = Picamera2(self._number)
            # libcamera's "RGB888" is stored as B, G, R.
            self._camera.configure(self._camera.create_video_configuration({"size": SIZE_PX, "format": "RGB888"}))
            self._camera.start()
        except (RuntimeError, IndexError, OSError) as error:
            self.close()
            raise Unavailable(f"{self.name}: {error}. Check the cable; `rpicam-hello --list-cameras`.") from error

    def read(self) -> Picture | None:
        try:
            return Picture(self._camera.capture_array())
        except (RuntimeError, OSError, AttributeError) as error:
            raise Unavailable(f"{self.name}: no more pictures: {error}") from error

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
