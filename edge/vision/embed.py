"""A chip to a template: dlib's by whichever engine was the faster one when the models were pulled, any other's by what
its manifest entry says of it."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edge.errors import Misconfigured
from edge.vision.manifest import Model
from edge.vision.runtime import LiteRtNetwork, Network, OnnxNetwork, Tensor
from edge.vision.types import Chip, Distance, Template

SIDE_PX = 150


class DlibEmbedder(Protocol):
    """dlib's network in one of the engines: a chip of SIDE_PX to 128 numbers."""

    distance: Distance
    model: str
    network: Network

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None: ...

    def embed(self, chip: Chip) -> Template: ...


class OnnxEmbedder:
    """fp32 in ONNX Runtime; the network wants the colour planes one after the other."""

    distance: Distance = "euclidean"

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None:
        self.model = model
        self.network: Network = OnnxNetwork(file, threads=threads)
        self._input: Tensor = np.empty((1, 3, SIDE_PX, SIDE_PX), np.float32)

    def embed(self, chip: Chip) -> Template:
        self._input[0] = cv2.cvtColor(chip, cv2.COLOR_BGR2RGB).transpose(2, 0, 1)
        template: Template = self.network.run(self._input)["template"][0]
        return template


class Int8OnnxEmbedder:
    """int8 in ONNX Runtime; the network takes the chip as it is."""

    distance: Distance = "euclidean"

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None:
        self.model = model
        self.network: Network = OnnxNetwork(file, threads=threads)

    def embed(self, chip: Chip) -> Template:
        template: Template = self.network.run(chip[None])["template"][0]
        return template


class LiteRtEmbedder:
    """int8 weights in LiteRT; the network wants the colours of a pixel together."""

    distance: Distance = "euclidean"

    def __init__(self, file: Path, model: str, *, threads: int = 1) -> None:
        self.model = model
        self.network: Network = LiteRtNetwork(file, threads=threads)
        self._input: Tensor = np.empty((1, SIDE_PX, SIDE_PX, 3), np.float32)

    def embed(self, chip: Chip) -> Template:
        # OpenCV turns the colours round in a tenth of the time that numpy's strides take.
        self._input[0] = cv2.cvtColor(chip, cv2.COLOR_BGR2RGB)
        template: Template = self.network.run(self._input)["template"][0]
        return template


ENGINES = {".onnx": OnnxNetwork, ".tflite": LiteRtNetwork}


class ManifestEmbedder:
    """A published network that is run as its entry in the manifest says.

    Raises Misconfigured, with the field of the entry that does not fit the network.
    """

    def __init__(self, file: Path, entry: Model, *, threads: int = 1) -> None:
        assert entry.input is not None
        assert entry.distance is not None
        assert entry.dimension is not None
        self.model = entry.digest
        self.distance: Distance = entry.distance
        self._name = entry.name
        self._side_px = entry.input.width_px
        self._dimension = entry.dimension
        self._mean, self._scale = np.float32(entry.input.mean), np.float32(entry.input.scale)
        self._is_rgb = entry.input.colour == "rgb"
        self._is_unit = entry.has_unit_templates
        engine = ENGINES.get(file.suffix.lower())
        if engine is None:
            raise self._wrong("file", f"{file.name} is run by nothing here: known are {', '.join(ENGINES)}")
        try:
            self.network: Network = engine(file, threads=threads)
        except Exception as error:  # what the engines raise has no common base
            raise self._wrong("file", f"{file.name} is no network that can be read: {error}") from error
        self._planes_first = self._layout(entry.input.layout) == "nchw"
        side = self._side_px
        self._input: Tensor = np.empty((1, 3, side, side) if self._planes_first else (1, side, side, 3), np.float32)
        self._try()

    def embed(self, chip: Chip) -> Template:
        pixels = chip[:, :, ::-1] if self._is_rgb else chip
        self._input[0] = pixels.transpose(2, 0, 1) if self._planes_first else pixels
        if self._mean:
            self._input -= self._mean
        if self._scale != 1:
            self._input *= self._scale
        template = self._only_template(self.network.run(self._input))
        if self._is_unit:
            # A template of length 0 becomes NaN, and is left out like any other that is not finite.
            with np.errstate(invalid="ignore"):
                template = template / np.linalg.norm(template)
        return template

    def _layout(self, said: str | None) -> str:
        takes, side = self.network.input, self._side_px
        if takes.type != "float":
            raise self._wrong("file", f"the network takes {takes.type}; known are networks that take float32")
        fits = [
            name
            for name, shape in (("nchw", (1, 3, side, side)), ("nhwc", (1, side, side, 3)))
            if len(takes.shape) == 4
            and all(has in (None, wants) for has, wants in zip(takes.shape, shape, strict=True))
        ]
        shown = "x".join("?" if one is None else str(one) for one in takes.shape)
        if not fits:
            raise self._wrong("input.width_px", f"a picture of {side}x{side} px does not fit the network's {shown}")
        if said is None and len(fits) > 1:
            raise self._wrong("input.layout", f"the network's input {shown} does not tell: say nchw or nhwc")
        if said is not None and said not in fits:
            raise self._wrong("input.layout", f"{said} does not fit the network's {shown}: it is {fits[0]}")
        return said or fits[0]

    def _try(self) -> None:
        self._input.fill((127.5 - self._mean) * self._scale)
        if not np.isfinite(self._only_template(self.network.run(self._input))).all():
            raise self._wrong("input.scale", "the network answers a gray picture with what is no number")

    def _only_template(self, outputs: dict[str, Tensor]) -> Template:
        """The output that has the dimension of the entry; a network may have others."""
        for output in outputs.values():
            if output.size == self._dimension:
                template: Template = np.array(output, np.float32).reshape(-1)
                return template
        sizes = ", ".join(f"{name} {output.size}" for name, output in outputs.items())
        raise self._wrong("dimension", f"{self._dimension} is none of the network's outputs: {sizes}")

    def _wrong(self, field: str, why: str) -> Misconfigured:
        return Misconfigured(f"model {self._name}: {field}: {why}. Mend its entry in the manifest (models/README.md)")
