"""YuNet: faces from about 20 px on, with five points each. Source: Wu, Peng and Yu, YuNet: A Tiny Millisecond-level
Face Detector (2023); the decoding is that of OpenCV's FaceDetectorYN, which the tests compare it with."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from edge.vision.resize import fitted
from edge.vision.runtime import Network, OnnxNetwork, Tensor
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
        self._planes: list[Image] = []
        self._input: Tensor = np.empty((1, 3, 0, 0), np.float32)
        self._grids: list[Tensor] = []

    def detect(self, image: Image) -> list[Face]:
        """Every face, the surest first."""
        small = fitted(image, self._longest_px)
        height, width = small.shape[:2]
        self._fit(height, width)
        # Splitting first makes the conversion to floats three times as fast.
        cv2.split(small, self._planes)
        for channel, plane in enumerate(self._planes):
            self._input[0, channel, :height, :width] = plane
        across, down = image.shape[1] / width, image.shape[0] / height
        return self._decode(self.network.run(self._input), np.array([across, down], np.float32))

    def _fit(self, height: int, width: int) -> None:
        """Buffers and a session for this size; a camera's size does not change, so only the last one is kept."""
        if self._planes and self._planes[0].shape == (height, width):
            return
        self._planes = [np.empty((height, width), np.uint8) for _ in range(3)]
        rows, columns = (-(-side // MULTIPLE) * MULTIPLE for side in (height, width))
        padded_before = self._input.shape[2:]
        self._input = np.zeros((1, 3, rows, columns), np.float32)
        if padded_before == (rows, columns):
            return
        self.network = OnnxNetwork(self._file, threads=self._threads, dims={"height": rows, "width": columns})
        grids = (np.mgrid[: rows // stride, : columns // stride] for stride in STRIDES)
        self._grids = [np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32) for y, x in grids]

    def _decode(self, outputs: Mapping[str, Tensor], scale: Tensor) -> list[Face]:
        boxes, points, scores = [], [], []
        for stride, grid in zip(STRIDES, self._grids, strict=True):
            squared = outputs[f"cls_{stride}"][0, :, 0] * outputs[f"obj_{stride}"][0, :, 0]
            found = np.flatnonzero(squared >= self._min_score**2)
            if not found.size:
                continue
            place = grid[found]
            box = outputs[f"bbox_{stride}"][0, found]
            size = np.exp(box[:, 2:]) * stride
            boxes.append(np.concatenate([(place + box[:, :2]) * stride - size / 2, size], axis=1))
            points.append((outputs[f"kps_{stride}"][0, found].reshape(-1, 5, 2) + place[:, None]) * stride)
            scores.append(np.sqrt(squared[found]))
        if not boxes:
            return []
        box, point, score = np.concatenate(boxes), np.concatenate(points), np.concatenate(scores)
        kept = cv2.dnn.NMSBoxes(box.tolist(), score.tolist(), self._min_score, SAME_FACE_OVERLAP)
        box, point = box * np.tile(scale, 2), point * scale
        return [Face(Box(*map(float, box[index])), float(score[index]), point[index]) for index in np.ravel(kept)]
