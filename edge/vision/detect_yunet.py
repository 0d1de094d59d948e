"""YuNet: faces from about 20 px on, with five points each. Source: Wu, Peng and Yu, YuNet: A Tiny Millisecond-level
Face Detector (2023); the decoding is that of OpenCV's FaceDetectorYN, which the tests compare it with."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from edge.vision.resize import fitted
from edge.vision.runtime import Bytes, Network, OnnxNetwork, Tensor
from edge.vision.types import Box, Face, Image

STRIDES = (8, 16, 32)
MULTIPLE = 32
"""Width and height of the input are multiples of this."""
SAME_FACE_OVERLAP = 0.3


class YuNet:
    """`longest_px`: larger frames are made smaller for the search. Faces come back in pixels of the frame."""

    def __init__(self, file: Path, *, threads: int = 1, longest_px: int = 640, min_score: float = 0.7) -> None:
        self._file = file
        self._threads = threads
        self._longest_px = longest_px
        self._min_score = min_score
        self.network: Network
        self._size = (0, 0)
        self._input: Bytes = np.empty((1, 3, 0, 0), np.uint8)
        self._planes: list[Bytes] = []
        self._places: Tensor
        """(cells, 2) px of the input: the corner of each cell."""
        self._strides: Tensor
        """(cells, 1) px"""

    def detect(self, image: Image) -> list[Face]:
        """Every face, the surest first."""
        small = fitted(image, self._longest_px)
        height, width = small.shape[:2]
        self._fit(height, width)
        cv2.split(small, self._planes)
        across, down = image.shape[1] / width, image.shape[0] / height
        return self._decode(self.network.run(self._input), np.array([across, down], np.float32))

    def _fit(self, height: int, width: int) -> None:
        """Buffers and a session for this size; a camera's size does not change, so only the last one is kept."""
        if self._size == (height, width):
            return
        rows, columns = (-(-side // MULTIPLE) * MULTIPLE for side in (height, width))
        if self._input.shape[2:] != (rows, columns):
            self.network = OnnxNetwork(self._file, threads=self._threads, dims={"height": rows, "width": columns})
            cells = [np.mgrid[: rows // stride, : columns // stride] * stride for stride in STRIDES]
            self._places = np.concatenate([np.stack([x.ravel(), y.ravel()], axis=1) for y, x in cells]).astype(
                np.float32
            )
            self._strides = np.repeat(STRIDES, [x.size for _, x in cells])[:, None].astype(np.float32)
        # What pads the frame to a multiple stays black.
        self._input = np.zeros((1, 3, rows, columns), np.uint8)
        self._planes = [plane[:height, :width] for plane in self._input[0]]
        self._size = (height, width)

    def _decode(self, outputs: Mapping[str, Tensor], scale: Tensor) -> list[Face]:
        """Source: OpenCV's face_detect.cpp."""
        certainty = outputs["certainty"][0, :, 0]
        found = (certainty >= self._min_score**2).nonzero()[0]
        if not found.size:
            return []
        place, stride = self._places[found], self._strides[found]
        box = outputs["boxes"][0][found]
        size = np.exp(box[:, 2:]) * stride
        corner = place + box[:, :2] * stride - size / 2
        scores = np.sqrt(certainty[found]).tolist()
        boxes = np.hstack([corner, size]).tolist()
        kept = cv2.dnn.NMSBoxes(boxes, scores, self._min_score, SAME_FACE_OVERLAP)
        across, down = scale.tolist()
        faces = []
        for index in kept:
            points = (outputs["points"][0, found[index]].reshape(5, 2) * stride[index] + place[index]) * scale
            x, y, width, height = boxes[index]
            faces.append(Face(Box(x * across, y * down, width * across, height * down), scores[index], points))
        return faces
