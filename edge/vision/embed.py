"""A chip to a template, by whichever engine was the faster one when the models were pulled."""

from pathlib import Path

import numpy as np

from edge.vision.runtime import LiteRtNetwork, Network, OnnxNetwork, Tensor
from edge.vision.types import Chip, Template

SIDE_PX = 150


class OnnxEmbedder:
    """fp32 in ONNX Runtime; the network wants the colour planes one after the other."""

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None:
        self.model = model
        self.network: Network = OnnxNetwork(file, threads=threads)
        self._input: Tensor = np.empty((1, 3, SIDE_PX, SIDE_PX), np.float32)

    def embed(self, chip: Chip) -> Template:
        self._input[0] = chip[:, :, ::-1].transpose(2, 0, 1)
        template: Template = self.network.run(self._input)["template"][0]
        return template


class LiteRtEmbedder:
    """int8 weights in LiteRT; the network wants the colours of a pixel together."""

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None:
        self.model = model
        self.network: Network = LiteRtNetwork(file, threads=threads)
        self._input: Tensor = np.empty((1, SIDE_PX, SIDE_PX, 3), np.float32)

    def embed(self, chip: Chip) -> Template:
        self._input[0] = chip[:, :, ::-1]
        template: Template = self.network.run(self._input)["template"][0]
        return template
