"""The unit at the gate or the classroom door."""

import os

# A picture of a few kilobytes may unpack to gigabytes. OpenCV reads its limit once, when it is loaded.
MAX_PICTURE_PIXELS = 120_000_000
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PICTURE_PIXELS))
