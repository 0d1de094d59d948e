"""BlazeFace, full range, sparse: the detector for when YuNet cannot be had. Sources: Bazarevsky et al., BlazeFace:
Sub-millisecond Neural Face Detection on Mobile GPUs (2019), and MediaPipe's face_detection module for the anchors."""

from pathlib import Path

import cv2
import numpy as np

from edge.vision.resize import resized
from edge.vision.runtime import LiteRtNetwork, Tensor
from edge.vision.types import Box, Face, Image

SIDE_PX = 192
STRIDE = 4
SAME_FACE_OVERLAP = 0.3
LOGIT_LIMIT = 80.0

BOX_WIDTH = 0.87
BOX_HEIGHT = 1.16
BOX_DOWN = -0.055
"""BlazeFace's boxes are squares from the brow to the chin. As a share of their side: how wide and high the YuNet box
of the same face is, and how far its centre lies lower. So everything after detection knows one kind of box."""


class BlazeFace:
    """Faces of 60 px and more in a 640 px frame, four points each: both eyes, the nose, the middle of the mouth."""

    def __init__(self, file: Path, *, threads: int = 1, min_score: float = 0.6) -> None:
        self.network = LiteRtNetwork(file, threads=threads)
        self._least_logit = float(np.log(min_score / (1 - min_score)))
        self._input = np.zeros((1, SIDE_PX, SIDE_PX, 3), np.float32)
        rows, columns = np.mgrid[: SIDE_PX // STRIDE, : SIDE_PX // STRIDE]
        self._anchors: Tensor = (np.stack([columns.ravel(), rows.ravel()], axis=1) + 0.5).astype(np.float32) * STRIDE

    def detect(self, image: Image) -> list[Face]:
        """Every face, the surest first."""
        scale = SIDE_PX / max(image.shape[:2])
        width, height = (max(1, round(side * scale)) for side in image.shape[1::-1])
        small = cv2.cvtColor(resized(image, width, height), cv2.COLOR_BGR2RGB)
        x0, y0 = (SIDE_PX - width) // 2, (SIDE_PX - height) // 2
        # Black bars, and pixels from -1 to 1.
        self._input.fill(-1)
        np.multiply(small, np.float32(1 / 127.5), out=self._input[0, y0 : y0 + height, x0 : x0 + width])
        self._input[0, y0 : y0 + height, x0 : x0 + width] -= 1
        outputs = self.network.run(self._input)
        logits, shapes = outputs["Identity_1"][0, :, 0], outputs["Identity"][0]
        found = np.flatnonzero(logits >= self._least_logit)
        if not found.size:
            return []
        places = shapes[found].reshape(-1, 8, 2)
        places[:, [0, *range(2, 8)]] += self._anchors[found, None]
        back = np.array([image.shape[1] / width, image.shape[0] / height], np.float32)
        corner = np.array([x0, y0], np.float32)
        centres, sizes = (places[:, 0] - corner) * back, places[:, 1] * back
        points = (places[:, 2:6] - corner) * back
        scores = 1 / (1 + np.exp(-np.minimum(logits[found], LOGIT_LIMIT)))
        boxes = np.concatenate([centres - sizes / 2, sizes], axis=1)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.0, SAME_FACE_OVERLAP)
        return [
            Face(_as_yunet(boxes[index]), float(scores[index]), points[index])
            for index in _apart(boxes, [int(index) for index in np.ravel(kept)])
        ]


def _apart(boxes: Tensor, surest_first: list[int]) -> list[int]:
    """Without the echoes: a neighbouring anchor may see the same face half a box aside, too far for suppression.

    `boxes` (n, 4) x, y, width, height. Nobody's face is centred inside another's and still seen.
    """
    apart: list[int] = []
    for index in surest_first:
        centre = boxes[index, :2] + boxes[index, 2:] / 2
        inside = (boxes[apart, :2] <= centre) & (centre <= boxes[apart, :2] + boxes[apart, 2:])
        if not inside.all(axis=1).any():
            apart.append(index)
    return apart


def _as_yunet(box: Tensor) -> Box:
    x, y, width, height = map(float, box)
    wide, high = BOX_WIDTH * width, BOX_HEIGHT * height
    return Box(x + (width - wide) / 2, y + height / 2 + BOX_DOWN * height - high / 2, wide, high)
