"""YuNet: faces from about 20 px on, with five points each. Source: Wu, Peng and Yu, YuNet: A Tiny Millisecond-level
Face Detector (2023); the decoding is that of OpenCV's FaceDetectorYN, which the tests compare it with."""

from dataclasses import dataclass
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
KEPT_SIZES = 2
"""Full and half width of one camera."""


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    size: tuple[int, int]
    """Height and width of the pictures, px."""
    network: Network
    input: Bytes
    planes: list[Bytes]
    """Those parts of `input` where a picture's colours go."""
    places: Tensor
    """(cells, 2) px of the input: the corner of each cell."""
    strides: Tensor
    """(cells, 1) px"""


class YuNet:
    """`longest_px`: larger frames are made smaller for the search. Faces come back in pixels of the frame."""

    def __init__(self, file: Path, *, threads: int = 1, longest_px: int = 640, min_score: float = 0.7) -> None:
        self._file = file
        self._threads = threads
        self._longest_px = longest_px
        self._min_score = min_score
        self._fitted: list[_Fitted] = []

    def detect(self, image: Image) -> list[Face]:
        """Every face, the surest first."""
        return self._detect(fitted(image, self._longest_px), image)

    def detect_large(self, image: Image) -> list[Face]:
        """At half the width: a third of the time, and faces below 60 px of 640 may be missed."""
        return self._detect(fitted(image, self._longest_px // 2), image)

    @property
    def network(self) -> Network:
        """That of the newest size."""
        return self._fitted[-1].network

    def _detect(self, small: Image, image: Image) -> list[Face]:
        height, width = small.shape[:2]
        fit = self._fit(height, width)
        cv2.split(small, fit.planes)
        across, down = image.shape[1] / width, image.shape[0] / height
        return self._decode(fit, np.array([across, down], np.float32))

    def _fit(self, height: int, width: int) -> "_Fitted":
        """Buffers and a session for this size. A camera's size does not change: the last few are kept."""
        for fit in self._fitted:
            if fit.size == (height, width):
                return fit
        rows, columns = (-(-side // MULTIPLE) * MULTIPLE for side in (height, width))
        cells = [np.mgrid[: rows // stride, : columns // stride] * stride for stride in STRIDES]
        # What pads the frame to a multiple stays black.
        padded = np.zeros((1, 3, rows, columns), np.uint8)
        fit = _Fitted(
            size=(height, width),
            network=OnnxNetwork(self._file, threads=self._threads, dims={"height": rows, "width": columns}),
            input=padded,
            planes=[plane[:height, :width] for plane in padded[0]],
            places=np.concatenate([np.stack([x.ravel(), y.ravel()], axis=1) for y, x in cells]).astype(np.float32),
            strides=np.repeat(STRIDES, [x.size for _, x in cells])[:, None].astype(np.float32),
        )
        self._fitted = [*self._fitted[1 - KEPT_SIZES :], fit]
        return fit

    def _decode(self, fit: "_Fitted", scale: Tensor) -> list[Face]:
        """Source: OpenCV's face_detect.cpp."""
        outputs = fit.network.run(fit.input)
        certainty = outputs["certainty"][0, :, 0]
        found = (certainty >= self._min_score**2).nonzero()[0]
        if not found.size:
            return []
        place, stride = fit.places[found], fit.strides[found]
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
