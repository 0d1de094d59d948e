"""The embedder as ONNX in integers: `chip` (1, 150, 150, 3) BGR uint8 in, `template` (1, 128) float32 out.

Values become uint8 by what was measured of them once (`resnet_ranges.py`), weights int8 with one scale an output
channel. A relu costs nothing: what is quantised from 0 on cannot be less. The head stays fp32.
Source: ONNX Runtime's page on quantisation (QDQ format; U8S8 and its `reduce_range`).

Two layers are written otherwise than they were trained, to the same numbers, because they took a third of the time:
the stem, whose windows of 7x7 every 2 px over 3 channels are windows of 7x4 over pairs of pixels; and averages with the
zeros behind them, which are a convolution.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from edge.vision.convert.dlib_resnet import SIDE_PX, Convolution, ResNet
from edge.vision.convert.resnet_onnx import Graph
from edge.vision.convert.resnet_ranges import RANGES

Form = tuple[str, str]
"""The constants that quantise a value: scale and zero."""

_UINT8_MAX = 255
_WEIGHT_MAX = 63
"""7 of the 8 bits: without VNNI an x86 processor adds two products in 16 bits and saturates. With 8 bits templates were
up to 0.31 away from fp32's there, with 7 bits 0.06."""


def to_int8(network: ResNet, ranges: Sequence[tuple[float, float]] = RANGES) -> bytes:
    """The serialised, checked model. `ranges`: least and greatest of each of `Graph.results`."""
    return _Int8Graph(ranges).assembled(network)


class _Int8Graph(Graph):
    chip_type = TensorProto.UINT8
    chip_shape = (1, SIDE_PX, SIDE_PX, 3)

    def __init__(self, ranges: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self._ranges = ranges
        self._scales: dict[str, float] = {}
        self._forms: dict[str, Form] = {}

    def stem(self, layer: Convolution) -> str:
        pairs = self.add("Reshape", "chip", self.constant(np.array([1, SIDE_PX, SIDE_PX // 2, 6], np.int64)))
        planes = self.add("Transpose", pairs, perm=[0, 3, 1, 2])
        # The pixels are integers as they come.
        pixels = self._dequantised(planes, 1.0, self._form(1.0, 0))
        # (out, RGB, 7, 7) to (out, two pixels of BGR, 7, 4).
        windows = np.pad(layer.weights[:, ::-1], ((0, 0), (0, 0), (0, 0), (0, 1)))
        windows = windows.reshape(-1, 3, 7, 4, 2).transpose(0, 4, 1, 2, 3).reshape(-1, 6, 7, 4)
        found = self.windows(pixels, Convolution(windows, layer.bias, 2, 0), strides=(2, 1))
        return self.result(found, relu=True)

    def greatest(self, value: str) -> str:
        return self._alike(value, super().greatest(value))

    def halve(self, value: str, inputs: int, outputs: int) -> str:
        averages = np.zeros((outputs, inputs, 2, 2), np.float32)
        averages[range(inputs), range(inputs)] = 1 / 4
        return self._alike(value, self.windows(value, Convolution(averages, np.zeros(outputs, np.float32), 2, 0)))

    def pad(self, value: str, *, channels: int, edge: int) -> str:
        padded = super().pad(value, channels=channels, edge=edge)
        return value if padded == value else self._alike(value, padded)

    def result(self, value: str, *, relu: bool) -> str:
        least, greatest = self._ranges[len(self.results)]
        least = 0.0 if relu else least
        scale = (greatest - least) / _UINT8_MAX
        found = self._quantised(value, scale, self._form(scale, round(-least / scale)))
        self.results.append(found)
        return found

    def parameters(self, value: str, layer: Convolution) -> tuple[str, str]:
        greatest = np.abs(layer.weights.reshape(len(layer.weights), -1)).max(axis=1)
        scales = (np.where(greatest > 0, greatest, 1.0) / _WEIGHT_MAX).astype(np.float32)
        weights = np.rint(layer.weights / scales.reshape(-1, 1, 1, 1)).astype(np.int8)
        of_bias = scales * np.float32(self._scales[value])
        bias = np.rint(layer.bias / of_bias).astype(np.int32)
        return self._by_channel(weights, scales), self._by_channel(bias, of_bias)

    def _alike(self, value: str, changed: str) -> str:
        """What was chosen, averaged or padded of `value` keeps its form: nothing is scaled anew."""
        return self._quantised(changed, self._scales[value], self._forms[value])

    def _quantised(self, value: str, scale: float, form: Form) -> str:
        return self._dequantised(self.add("QuantizeLinear", value, *form), scale, form)

    def _dequantised(self, value: str, scale: float, form: Form) -> str:
        found = self.add("DequantizeLinear", value, *form)
        self._scales[found], self._forms[found] = scale, form
        return found

    def _form(self, scale: float, zero: int) -> Form:
        return self.constant(np.array(scale, np.float32)), self.constant(np.array(zero, np.uint8))

    def _by_channel(self, values: NDArray[np.signedinteger], scales: NDArray[np.float32]) -> str:
        zeros = self.constant(np.zeros(len(scales), values.dtype))
        return self.add("DequantizeLinear", self.constant(values), self.constant(scales), zeros, axis=0)
