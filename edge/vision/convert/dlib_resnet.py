"""dlib's face recognition network, read from its .dat and folded into plain convolutions.

A residual network of 29 convolutions for 150x150 RGB, giving 128 numbers. Its structure (dlib's example
`dnn_face_recognition_ex.cpp`, type `anet_type`) is not in the file, only the layers in the order in which they run.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.errors import Rejected
from edge.vision.convert.dlib_format import DlibReader

SIDE_PX = 150
DIMENSION = 128
_PIXEL_SCALE = 256.0
_NESTING_BEFORE_INPUT = 130
"""Version numbers of the nested layer types, outermost first."""


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    weights: NDArray[np.float32]
    """(out, in, height, width)"""
    bias: NDArray[np.float32]
    """(out,)"""
    stride: int
    padding: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """relu(second(relu(first(x))) + x); where `first` strides, x is averaged 2x2 and the smaller is zero-padded."""

    first: Convolution
    second: Convolution


@dataclass(frozen=True, slots=True, eq=False)
class ResNet:
    """Raw RGB 0 to 255 -> stem, relu, 3x3/2 max pool -> blocks -> mean over the image -> head."""

    stem: Convolution
    blocks: tuple[Block, ...]
    head: NDArray[np.float32]
    """(in, 128), no bias"""


def read_resnet(data: bytes) -> ResNet:
    """Raises Rejected if `data` is not exactly that network."""
    reader = DlibReader(data)
    reader.expect(reader.integer(), 1, "network version")
    reader.expect(reader.text(), "loss_metric_2", "loss")
    reader.real(), reader.real()
    for _ in range(_NESTING_BEFORE_INPUT):
        reader.integer()
    reader.expect(reader.text(), "input_rgb_image_sized", "input")
    mean = np.array([reader.real(), reader.real(), reader.real()], np.float32)
    reader.expect((reader.integer(), reader.integer()), (SIDE_PX, SIDE_PX), "input size")

    stem = _with_pixels(_convolution(reader, innermost=True), mean)
    _plain(reader, "relu_")
    _pool(reader, "max_pool_2", window=3, stride=2)
    blocks: list[Block] = []
    layer = reader.text()
    while layer == "con_4":
        first = _convolution(reader, named=True)
        _plain(reader, "relu_")
        second = _convolution(reader)
        if first.stride == 2:
            _pool(reader, "avg_pool_2", window=2, stride=2)
        _plain(reader, "add_prev_")
        _plain(reader, "relu_")
        blocks.append(Block(first, second))
        layer = reader.text()
    reader.expect(layer, "avg_pool_2", "layer")
    _pool(reader, None, window=0, stride=1)
    head = _head(reader)
    reader.expect_end()
    if len(blocks) != 14:
        raise Rejected(f"{len(blocks)} residual blocks, expected 14: another network")
    return ResNet(stem, tuple(blocks), head)


def _convolution(reader: DlibReader, *, named: bool = False, innermost: bool = False) -> Convolution:
    """A con_ layer and the affine_ that follows, folded into one."""
    if not named:
        reader.expect(reader.text(), "con_4", "layer")
    parameters = reader.tensor()
    reader.integer()
    height, width, stride, _ = (reader.integer() for _ in range(4))
    padding = reader.integer()
    reader.integer()
    shape = reader.shape()
    reader.shape()
    for _ in range(4):
        reader.real()
    _trailer(reader)
    if innermost:
        reader.integer()
    reader.expect((height, width), shape[2:], "filter size")
    split = int(np.prod(shape))
    weights, bias = parameters[:split].reshape(shape), parameters[split:]

    reader.expect(reader.text(), "affine_", "layer")
    scale, shift = reader.tensor().reshape(2, -1)
    reader.shape()
    reader.shape()
    reader.integer()
    _trailer(reader)
    return Convolution(weights * scale[:, None, None, None], bias * scale + shift, stride, padding)


def _with_pixels(stem: Convolution, mean: NDArray[np.float32]) -> Convolution:
    """The same for raw pixels: dlib subtracts the mean and divides by 256 first. Exact, for the stem has no padding."""
    weights = stem.weights / np.float32(_PIXEL_SCALE)
    return Convolution(weights, stem.bias - np.einsum("oihw,i->o", weights, mean), stem.stride, stem.padding)


def _plain(reader: DlibReader, name: str) -> None:
    reader.expect(reader.text(), name, "layer")
    _trailer(reader)


def _pool(reader: DlibReader, name: str | None, *, window: int, stride: int) -> None:
    if name is not None:
        reader.expect(reader.text(), name, "layer")
    found = tuple(reader.integer() for _ in range(6))
    reader.expect(found, (window, window, stride, stride, 0, 0), "pooling window, stride and padding")
    _trailer(reader)


def _head(reader: DlibReader) -> NDArray[np.float32]:
    reader.expect(reader.text(), "fc_2", "layer")
    outputs, inputs = reader.integer(), reader.integer()
    reader.expect(outputs, DIMENSION, "outputs")
    weights = reader.tensor()
    reader.shape()
    reader.shape()
    reader.integer()
    for _ in range(4):
        reader.real()
    _trailer(reader)
    return weights.reshape(inputs, outputs)


def _trailer(reader: DlibReader) -> None:
    """What training left behind each layer: three flags and three empty tensors."""
    for _ in range(3):
        reader.flag()
    for _ in range(3):
        reader.expect(reader.tensor().size, 0, "left-over gradient size")
