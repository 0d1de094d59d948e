from pathlib import Path

from edge.backoff import Backoff
from edge.clock import SystemClock
from edge.contract import CameraState
from edge.frame import Frame
from edge.hardware.fake import FakeCamera
from edge.hardware.live import LiveSource
from edge.recogniser.vital_signs import VitalSignsWriter
from edge.store import vital_signs
from edge.store.db import connect
from tests.edge.hardware.clips import numbered_image
from tests.services.waiting import eventually


def test_the_uplink_learns_of_a_camera_that_is_lost_and_found_while_no_frame_comes(tmp_path: Path):
    connection, clock, camera = connect(tmp_path), SystemClock(), FakeCamera()
    camera.show(numbered_image(1))
    source = LiveSource(camera, backoff=Backoff(0.001, 0.001))

    def reported() -> CameraState:
        return vital_signs.read(connection, clock).camera

    with source, VitalSignsWriter(tmp_path, source, clock):
        frames = iter(source)
        next(frames)
        eventually(lambda: reported() is CameraState.OK, saying="the camera works and nobody says so")
        camera.unplug()
        eventually(lambda: reported() is CameraState.LOST, saying="the camera is lost and nobody says so")
        camera.plug_in()
        camera.show(numbered_image(2))
        next(frames)
        eventually(lambda: reported() is CameraState.OK, saying="the camera is back and nobody says so")
        camera.unplug()
    assert reported() is CameraState.NONE


def test_frames_are_counted(tmp_path: Path):
    connection, clock, camera = connect(tmp_path), SystemClock(), FakeCamera()
    source = LiveSource(camera)
    with source, VitalSignsWriter(tmp_path, source, clock) as writer:
        camera.show(numbered_image(1))
        attended: list[Frame] = []
        writer.missed.frames, writer.missed.looks = 7, 3
        writer.counting(lambda frame, present: attended.append(frame))(next(iter(source)), [])
        eventually(lambda: (vital_signs.read(connection, clock).frames_per_s or 0) > 0, saying="no frame rate")
        signs = vital_signs.read(connection, clock)
        assert (signs.missed_frames, signs.missed_looks) == (7, 3)
        assert (writer.frames, len(attended)) == (1, 1)
        camera.unplug()
