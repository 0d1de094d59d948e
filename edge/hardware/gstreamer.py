"""A GStreamer pipeline, as on a Jetson (nvarguscamerasrc), run by gst-launch-1.0 in a process of its own.

The pipeline ends in y4menc, whose stream says its size by itself, so neither an OpenCV built with GStreamer nor
Python bindings are needed, and a crash in a vendor's plugin is a lost camera and not a dead recogniser.
YUV4MPEG2: a header line `YUV4MPEG2 W640 H480 ...`, then `FRAME...` and the I420 planes, again and again.
"""

import os
import select
import shlex
import shutil
import subprocess

import cv2
import numpy as np

from edge.errors import Misconfigured, Unavailable
from edge.hardware.ports import Picture

TIMEOUT_S = 10.0
_TAIL = "! videoconvert ! video/x-raw,format=I420 ! y4menc ! fdsink fd=1 sync=false"


class GStreamerPipeline:
    """`pipeline` is everything up to raw video: `nvarguscamerasrc ! nvvidconv ! video/x-raw,width=1280,height=720`."""

    def __init__(self, pipeline: str) -> None:
        self._pipeline = pipeline
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._size_px = (0, 0)

    @property
    def name(self) -> str:
        return f"GStreamer {self._pipeline.split()[0]}"

    def open(self) -> None:
        launcher = shutil.which("gst-launch-1.0")
        if launcher is None:
            raise Misconfigured("gst-launch-1.0 is not here. On Debian: apt install gstreamer1.0-tools")
        self._buffer.clear()
        self._process = subprocess.Popen(
            [launcher, "-q", *shlex.split(self._pipeline), *shlex.split(_TAIL)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        try:
            header = self._line()
            fields = {field[:1]: field[1:] for field in header.split()[1:]}
            self._size_px = (int(fields["W"]), int(fields["H"]))
        except (Unavailable, KeyError, ValueError) as error:
            self.close()
            raise Unavailable(
                f"{self.name}: gives no pictures. Try it: gst-launch-1.0 {self._pipeline} ! fakesink"
            ) from error

    def read(self) -> Picture | None:
        width_px, height_px = self._size_px
        self._line()
        planes = np.frombuffer(self._take(width_px * height_px * 3 // 2), np.uint8)
        image = cv2.cvtColor(planes.reshape(height_px * 3 // 2, width_px), cv2.COLOR_YUV2BGR_I420)
        return Picture(np.asarray(image, np.uint8))

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _line(self) -> str:
        while (end := self._buffer.find(b"\n")) < 0:
            self._fill()
        line = self._buffer[:end].decode("ascii", "replace")
        del self._buffer[: end + 1]
        return line

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _fill(self) -> None:
        if self._process is None or self._process.stdout is None:
            raise Unavailable(f"{self.name}: not open.")
        pipe = self._process.stdout
        ready, _, _ = select.select([pipe], [], [], TIMEOUT_S)
        chunk = os.read(pipe.fileno(), 1 << 20) if ready else b""
        if not chunk:
            raise Unavailable(
                f"{self.name}: " + ("the pipeline ended." if ready else f"no picture for {TIMEOUT_S:.0f} s.")
            )
        self._buffer += chunk
