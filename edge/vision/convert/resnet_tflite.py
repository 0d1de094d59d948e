"""The embedder as TFLite with int8 weights: `chip` (1, 150, 150, 3) RGB 0 to 255 in, `template` (1, 128) out.

Dynamic range: weights are rounded symmetrically, one scale an output channel, and activations are quantised by the
engine as it goes, so nothing has to be calibrated. The head stays fp32.
Source: the LiteRT quantisation specification.
"""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as tfl
from numpy.typing import NDArray

from edge.vision.convert.dlib_resnet import DIMENSION, SIDE_PX, Convolution, ResNet

_INT8_MAX = 127
_RELU = tfl.ActivationFunctionType.RELU
_NO_ACTIVATION = tfl.ActivationFunctionType.NONE
_CONV_HYBRID_VERSION = 5


def to_tflite(network: ResNet) -> bytes:
    """The serialised model."""
    graph = _Graph()
    chip = graph.activation("chip", SIDE_PX, 3)
    value = graph.convolve(chip, network.stem, relu=True)
    value = graph.pool(value, tfl.BuiltinOperator.MAX_POOL_2D, window=3)
    for block in network.blocks:
        inner = graph.convolve(value, block.first, relu=True)
        inner = graph.convolve(inner, block.second, relu=False)
        if block.first.stride == 2:
            value = graph.pool(value, tfl.BuiltinOperator.AVERAGE_POOL_2D, window=2)
            inner = graph.pad_to(inner, value)
            value = graph.pad_to(value, inner)
        value = graph.add(inner, value)
    graph.finish(graph.mean(value), network.head)
    return graph.serialise(chip)


class _Graph:
    def __init__(self) -> None:
        self._tensors: list[tfl.TensorT] = []
        self._buffers: list[tfl.BufferT] = [tfl.BufferT()]
        self._operators: list[tfl.OperatorT] = []
        self._codes: dict[int, tfl.OperatorCodeT] = {}

    def activation(self, name: str, side_px: int, channels: int) -> int:
        return self._tensor(name, [1, side_px, side_px, channels], tfl.TensorType.FLOAT32)

    def convolve(self, value: int, layer: Convolution, *, relu: bool) -> int:
        weights, scales = _rounded(layer.weights.transpose(0, 2, 3, 1))
        side, outputs, window = self._side(value), len(weights), weights.shape[1]
        options = tfl.Conv2DOptionsT(
            padding=tfl.Padding.SAME if layer.padding else tfl.Padding.VALID,
            strideW=layer.stride,
            strideH=layer.stride,
            fusedActivationFunction=_RELU if relu else _NO_ACTIVATION,
        )
        return self._operate(
            tfl.BuiltinOperator.CONV_2D,
            [value, self._constant(weights, scales), self._constant(layer.bias)],
            side if layer.padding else (side - window) // layer.stride + 1,
            outputs,
            tfl.BuiltinOptions.Conv2DOptions,
            options,
            version=_CONV_HYBRID_VERSION,
        )

    def pool(self, value: int, kind: int, *, window: int) -> int:
        """Windows every 2 px, nothing padded."""
        options = tfl.Pool2DOptionsT(
            padding=tfl.Padding.VALID, strideW=2, strideH=2, filterWidth=window, filterHeight=window
        )
        side = (self._side(value) - window) // 2 + 1
        return self._operate(
            kind, [value], side, self._channels(value), tfl.BuiltinOptions.Pool2DOptions, options, version=1
        )

    def pad_to(self, value: int, other: int) -> int:
        """Zeros behind the last channel and at the bottom and right edge, up to the size of `other`."""
        edge = max(0, self._side(other) - self._side(value))
        channels = max(0, self._channels(other) - self._channels(value))
        if not edge and not channels:
            return value
        widths = self._constant(np.array([[0, 0], [0, edge], [0, edge], [0, channels]], np.int32))
        return self._operate(
            tfl.BuiltinOperator.PAD,
            [value, widths],
            self._side(value) + edge,
            self._channels(value) + channels,
            tfl.BuiltinOptions.PadOptions,
            tfl.PadOptionsT(),
            version=1,
        )

    def add(self, one: int, other: int) -> int:
        options = tfl.AddOptionsT(fusedActivationFunction=_RELU)
        return self._operate(
            tfl.BuiltinOperator.ADD,
            [one, other],
            self._side(one),
            self._channels(one),
            tfl.BuiltinOptions.AddOptions,
            options,
            version=1,
        )

    def mean(self, value: int) -> int:
        axes = self._constant(np.array([1, 2], np.int32))
        return self._operate(
            tfl.BuiltinOperator.MEAN,
            [value, axes],
            1,
            self._channels(value),
            tfl.BuiltinOptions.ReducerOptions,
            tfl.ReducerOptionsT(keepDims=True),
            version=1,
        )

    def finish(self, value: int, head: NDArray[np.float32]) -> None:
        template = self._tensor("template", [1, DIMENSION], tfl.TensorType.FLOAT32)
        self._operators.append(
            tfl.OperatorT(
                opcodeIndex=self._code(tfl.BuiltinOperator.FULLY_CONNECTED, 1),
                inputs=[value, self._constant(head.T), -1],
                outputs=[template],
                builtinOptionsType=tfl.BuiltinOptions.FullyConnectedOptions,
                builtinOptions=tfl.FullyConnectedOptionsT(),
            )
        )

    def serialise(self, chip: int) -> bytes:
        graph = tfl.SubGraphT(
            tensors=self._tensors,
            inputs=[chip],
            outputs=self._operators[-1].outputs,
            operators=self._operators,
            name="dlib_face_recognition_resnet_v1",
        )
        model = tfl.ModelT(
            version=3, operatorCodes=list(self._codes.values()), subgraphs=[graph], buffers=self._buffers
        )
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def _operate(
        self,
        kind: int,
        inputs: list[int],
        side_px: int,
        channels: int,
        options_type: int,
        options: object,
        version: int,
    ) -> int:
        output = self.activation(f"value{len(self._operators)}", side_px, channels)
        self._operators.append(
            tfl.OperatorT(
                opcodeIndex=self._code(kind, version),
                inputs=inputs,
                outputs=[output],
                builtinOptionsType=options_type,
                builtinOptions=options,
            )
        )
        return output

    def _code(self, kind: int, version: int) -> int:
        if kind not in self._codes:
            self._codes[kind] = tfl.OperatorCodeT(deprecatedBuiltinCode=kind, builtinCode=kind, version=version)
        return list(self._codes).index(kind)

    def _constant(self, array: NDArray[np.generic], scales: NDArray[np.float32] | None = None) -> int:
        kinds = {"f": tfl.TensorType.FLOAT32, "i": tfl.TensorType.INT32}
        kind = tfl.TensorType.INT8 if scales is not None else kinds[array.dtype.kind]
        self._buffers.append(tfl.BufferT(data=np.frombuffer(np.ascontiguousarray(array).tobytes(), np.uint8)))
        tensor = self._tensor(f"constant{len(self._buffers)}", list(array.shape), kind, buffer=len(self._buffers) - 1)
        if scales is not None:
            self._tensors[tensor].quantization = tfl.QuantizationParametersT(
                scale=scales, zeroPoint=np.zeros(len(scales), np.int64), quantizedDimension=0
            )
        return tensor

    def _tensor(self, name: str, shape: list[int], kind: int, buffer: int = 0) -> int:
        self._tensors.append(tfl.TensorT(shape=shape, type=kind, buffer=buffer, name=name))
        return len(self._tensors) - 1

    def _side(self, tensor: int) -> int:
        return int(self._tensors[tensor].shape[1])

    def _channels(self, tensor: int) -> int:
        return int(self._tensors[tensor].shape[3])


def _rounded(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(out, ...) floats to int8 and the scale of each output channel."""
    scales = np.abs(weights.reshape(len(weights), -1)).max(axis=1) / _INT8_MAX
    scales = np.where(scales > 0, scales, 1.0).astype(np.float32)
    return np.rint(weights / scales.reshape(-1, 1, 1, 1)).astype(np.int8), scales
