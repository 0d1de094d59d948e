"""From what a person writes after --source to the driver that reads it."""

from pathlib import Path
from typing import Literal

from edge.errors import Misconfigured
from edge.hardware.gstreamer import GStreamerPipeline
from edge.hardware.image_folder import ImageFolder
from edge.hardware.live import LiveSource
from edge.hardware.ports import FrameSource
from edge.hardware.raspberry_pi import RaspberryPiCamera
from edge.hardware.recorded import RecordedSource
from edge.hardware.stream import SCHEMES, NetworkStream
from edge.hardware.v4l2 import V4l2Camera
from edge.hardware.video_file import VideoFile

FORMS = (
    "a video file or a folder of pictures, 0 or /dev/video0 (USB camera), rtsp://... or http://... (network camera), "
    "gst:PIPELINE (GStreamer), picamera2 or picamera2:1 (Raspberry Pi camera)"
)


def open_source(spec: str, pace: Literal["fast", "real"] = "fast") -> FrameSource:
    """The source that `spec` names, to be entered with `with` and then iterated.

    `pace` concerns clips and folders: "fast" gives every frame as soon as it is asked for, "real" gives frames when
    they are due and drops late ones. Raises Misconfigured, here or on entering, when only a person can help.
    """
    kind, _, rest = spec.partition(":")
    if spec.isdecimal():
        return LiveSource(V4l2Camera(Path(f"/dev/video{spec}")))
    if spec.startswith("/dev/"):
        return LiveSource(V4l2Camera(Path(spec)))
    if kind in SCHEMES:
        return LiveSource(NetworkStream(spec))
    if kind == "gst" and rest:
        return LiveSource(GStreamerPipeline(rest))
    if kind == "picamera2" and (rest or "0").isdecimal():
        return LiveSource(RaspberryPiCamera(int(rest or "0")))
    path = Path(spec).expanduser()
    if path.is_dir():
        return RecordedSource(ImageFolder(path), real_time=pace == "real")
    if path.is_file():
        return RecordedSource(VideoFile(path), real_time=pace == "real")
    raise Misconfigured(f"source {spec!r}: no such file or folder. A source is {FORMS}.")
