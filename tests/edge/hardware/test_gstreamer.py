import shutil

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.errors import Unavailable
from edge.hardware.gstreamer import GStreamerPipeline
from tests.edge.hardware.clips import read_all

pytestmark = pytest.mark.skipif(
    shutil.which("gst-launch-1.0") is None, reason="needs gstreamer1.0-tools and gstreamer1.0-plugins-good"
)


def test_pictures_come_out_of_a_pipeline_in_their_colours_until_it_ends():
    camera = GStreamerPipeline("videotestsrc num-buffers=5 pattern=red ! video/x-raw,width=64,height=48")
    camera.open()
    images: list[NDArray[np.uint8]] = []
    with pytest.raises(Unavailable, match="the pipeline ended"):
        read_all(camera, images)
    camera.close()
    assert [image.shape for image in images] == [(48, 64, 3)] * 5
    blue, green, red = images[0].reshape(-1, 3).mean(axis=0)
    assert red > 240
    assert max(blue, green) < 15


def test_a_pipeline_that_does_not_exist_is_said_with_how_to_try_it():
    with pytest.raises(Unavailable, match=r"Try it: gst-launch-1\.0 nosuchsource"):
        GStreamerPipeline("nosuchsource").open()
