"""A network camera on loopback, as cheap ones are: MJPEG over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.backoff import Backoff
from edge.errors import Unavailable
from edge.hardware.live import LiveSource
from edge.hardware.stream import NetworkStream
from scripts.loopback.web import Quiet, WebService
from tests.edge.hardware.clips import number_of, numbered_image, read_all


class NetworkCamera(Quiet, BaseHTTPRequestHandler):
    """Sends ten pictures and hangs up, as a camera that is rebooted."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        for number in range(10):
            jpeg = cv2.imencode(".jpg", numbered_image(number))[1].tobytes()
            self.wfile.write(b"--picture\r\nContent-Type: image/jpeg\r\n")
            self.wfile.write(f"Content-Length: {len(jpeg)}\r\n\r\n".encode() + jpeg + b"\r\n")


@contextmanager
def network_camera() -> Iterator[str]:
    service = WebService(NetworkCamera)
    service.start()
    try:
        yield f"http://user:secret@127.0.0.1:{service.port}/live"
    finally:
        service.stop()


def test_pictures_arrive_in_order_until_the_camera_hangs_up():
    with network_camera() as url:
        camera = NetworkStream(url)
        camera.open()
        images: list[NDArray[np.uint8]] = []
        with pytest.raises(Unavailable, match="the stream stopped"):
            read_all(camera, images)
        camera.close()
    numbers = [number_of(image) for image in images]
    assert len(numbers) >= 8
    assert numbers == list(range(len(numbers)))


def test_a_stream_that_ends_is_opened_again():
    with network_camera() as url, LiveSource(NetworkStream(url), backoff=Backoff(0.001, 0.001)) as source:
        for frame in source:
            if frame.index > 20:
                break
    assert frame.index > 20


def test_no_stream_at_the_address_is_said_without_the_password():
    with network_camera() as url:
        gone = url
    with pytest.raises(Unavailable, match="no stream") as failure:
        NetworkStream(gone).open()
    assert "secret" not in str(failure.value)
