"""The embedder as ONNX, fp32: `chip` (1, 3, 150, 150) RGB 0 to 255 in, `template` (1, 128) out."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edge.vision.convert.dlib_resnet import DIMENSION, SIDE_PX, Convolution, ResNet

OPSET = 17
IR_VERSION = 9
"""Read by every ONNX Runtime from 1.14 on."""


def to_onnx(network: ResNet) -> bytes:
    """The serialised, checked model."""
    return Graph().assembled(network)


class Graph:
    """How the layers are written down; `resnet_int8.py` writes them otherwise."""

    chip_type = TensorProto.FLOAT
    chip_shape = (1, 3, SIDE_PX, SIDE_PX)

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.results: list[str] = []
        """What convolutions and sums give, in their order: the values that are quantised elsewhere."""

    def assembled(self, network: ResNet) -> bytes:
        value = self.greatest(self.stem(network.stem))
        size = ((SIDE_PX - 7) // 2 + 1 - 3) // 2 + 1
        for block in network.blocks:
            inner = self.convolve(value, block.first, relu=True)
            inner = self.convolve(inner, block.second, relu=False)
            if block.first.stride == 2:
                grown, shrunk = (size - 2) // 2 + 1, (size - 3) // 2 + 1
                inner = self.pad(inner, channels=0, edge=grown - shrunk)
                outputs, inputs = block.first.weights.shape[:2]
                value = self.halve(value, inputs, outputs)
                size = grown
            value = self.sum(inner, value)
        value = self.add("Flatten", self.add("GlobalAveragePool", value))
        self.add("Gemm", value, self.constant(network.head), output="template")
        return self._serialised()

    def stem(self, layer: Convolution) -> str:
        return self.convolve("chip", layer, relu=True)

    def convolve(self, value: str, layer: Convolution, *, relu: bool) -> str:
        return self.result(self.windows(value, layer), relu=relu)

    def windows(self, value: str, layer: Convolution, strides: tuple[int, int] | None = None) -> str:
        """The convolution itself. `strides`: where they differ, down and across."""
        return self.add(
            "Conv",
            value,
            *self.parameters(value, layer),
            kernel_shape=list(layer.weights.shape[2:]),
            strides=list(strides or (layer.stride, layer.stride)),
            pads=[layer.padding] * 4,
        )

    def sum(self, one: str, other: str) -> str:
        return self.result(self.add("Add", one, other), relu=True)

    def result(self, value: str, *, relu: bool) -> str:
        value = self.add("Relu", value) if relu else value
        self.results.append(value)
        return value

    def greatest(self, value: str) -> str:
        """Of windows of 3x3 every 2 px."""
        return self.add("MaxPool", value, kernel_shape=[3, 3], strides=[2, 2])

    def halve(self, value: str, inputs: int, outputs: int) -> str:
        """Squares of 2x2 averaged; channels of zeros behind the others, as dlib adds unequal tensors."""
        value = self.add("AveragePool", value, kernel_shape=[2, 2], strides=[2, 2])
        return self.pad(value, channels=outputs - inputs, edge=0)

    def pad(self, value: str, *, channels: int, edge: int) -> str:
        """Zeros behind the last channel and at the bottom and right edge."""
        if not channels and not edge:
            return value
        return self.add("Pad", value, self.constant(np.array([0, 0, 0, 0, 0, channels, edge, edge], np.int64)))

    def parameters(self, value: str, layer: Convolution) -> tuple[str, str]:
        """Weights and bias of a convolution of `value`."""
        return self.constant(layer.weights), self.constant(layer.bias)

    def add(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, array: NDArray[np.generic]) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def _serialised(self) -> bytes:
        model = helper.make_model(
            helper.make_graph(
                self.nodes,
                "dlib_face_recognition_resnet_v1",
                [helper.make_tensor_value_info("chip", self.chip_type, self.chip_shape)],
                [helper.make_tensor_value_info("template", TensorProto.FLOAT, [1, DIMENSION])],
                self.constants,
            ),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))
