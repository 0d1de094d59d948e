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
    graph = _Graph()
    value = graph.add("Relu", graph.convolve("chip", network.stem))
    size = (SIDE_PX - 7) // 2 + 1
    value = graph.add("MaxPool", value, kernel_shape=[3, 3], strides=[2, 2])
    size = (size - 3) // 2 + 1
    for block in network.blocks:
        inner = graph.add("Relu", graph.convolve(value, block.first))
        inner = graph.convolve(inner, block.second)
        if block.first.stride == 2:
            value = graph.add("AveragePool", value, kernel_shape=[2, 2], strides=[2, 2])
            grown, shrunk = (size - 2) // 2 + 1, (size - 3) // 2 + 1
            inner = graph.pad(inner, channels=0, edge=grown - shrunk)
            outputs, inputs = block.first.weights.shape[:2]
            value = graph.pad(value, channels=outputs - inputs, edge=0)
            size = grown
        value = graph.add("Relu", graph.add("Add", inner, value))
    value = graph.add("Flatten", graph.add("GlobalAveragePool", value))
    graph.add("Gemm", value, graph.constant(network.head), output="template")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "dlib_face_recognition_resnet_v1",
            [helper.make_tensor_value_info("chip", TensorProto.FLOAT, [1, 3, SIDE_PX, SIDE_PX])],
            [helper.make_tensor_value_info("template", TensorProto.FLOAT, [1, DIMENSION])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, array: NDArray[np.generic]) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def convolve(self, value: str, layer: Convolution) -> str:
        return self.add(
            "Conv",
            value,
            self.constant(layer.weights),
            self.constant(layer.bias),
            kernel_shape=list(layer.weights.shape[2:]),
            strides=[layer.stride] * 2,
            pads=[layer.padding] * 4,
        )

    def pad(self, value: str, *, channels: int, edge: int) -> str:
        """Zeros behind the last channel and at the bottom and right edge, as dlib adds unequal tensors."""
        if not channels and not edge:
            return value
        return self.add("Pad", value, self.constant(np.array([0, 0, 0, 0, 0, channels, edge, edge], np.int64)))
